#pragma once

#include <charconv>
#include <cmath>
#include <string>
#include <type_traits>

#include "support/error.h"
#include "support/text.h"

namespace lingua {

// Text to value and back for the types that an option may have: string, bool, integers, double.
// `name` stands in errors as the user wrote it ("--lr", or `file.ini:3: lr`). Throws Error(kUsage)
// for what is not a number of that type or not finite.
template <class T>
T parse_option_value(const std::string& text, const std::string& name) {
  if constexpr (std::is_same_v<T, std::string>) {
    return text;
  } else if constexpr (std::is_same_v<T, bool>) {
    if (text == "true" || text == "yes" || text == "on" || text == "1") return true;
    if (text == "false" || text == "no" || text == "off" || text == "0") return false;
    throw Error(ErrorKind::kUsage, name + ": " + in_quotes(text) + " is neither true nor false");
  } else {
    T value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure == std::errc::result_out_of_range) {
      throw Error(ErrorKind::kUsage, name + ": " + text + " is out of range");
    }
    const bool whole = failure == std::errc{} && end == text.data() + text.size();
    if (!whole || !std::isfinite(static_cast<double>(value))) {
      throw Error(ErrorKind::kUsage, name + ": " + in_quotes(text) + " is not " +
                                         (std::is_integral_v<T> ? "an integer" : "a number"));
    }
    return value;
  }
}

template <class T>
std::string format_option_value(const T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    return value;
  } else if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else {
    char text[32];
    return std::string(text, std::to_chars(text, text + sizeof(text), value).ptr);
  }
}

}  // namespace lingua

#include "support/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace lingua {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// Control characters of ASCII; those of Latin-1 (U+0080 to U+009F) are found by is_c1().
bool is_control(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value < 0x20 || value == 0x7F;
}

// Some terminals obey U+0080 to U+009F as they obey ESC.
bool is_c1(std::string_view text, std::size_t position) {
  return text[position] == '\xC2' && position + 1 < text.size() &&
         static_cast<unsigned char>(text[position + 1]) < 0xA0;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);  // distances of a's prefix to each prefix of b
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  constexpr std::size_t kLongestName = 256;  // no option or field is longer; bounds the work
  if (name.size() > kLongestName) return "";
  const std::string* nearest = nullptr;
  std::size_t least = 0;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kLongestName) continue;
    const std::size_t distance = edit_distance(name, candidate);
    if (nearest == nullptr || distance < least) {
      nearest = &candidate;
      least = distance;
    }
  }
  if (nearest == nullptr) return "";
  const std::size_t longer = std::max(name.size(), nearest->size());
  const bool near = least <= std::max<std::size_t>(2, longer / 3) && least < longer;
  return near ? *nearest : "";
}

std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  std::size_t end = most;
  while (end > 0 && !is_char_boundary(text, end)) --end;
  return std::string(text.substr(0, end)) + "...";
}

std::string printable(std::string_view text, bool keep_layout) {
  std::string result;
  std::size_t valid_end = std::min(first_invalid_utf8(text), text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char byte = text[i];
    if (i >= valid_end) {
      result += kReplacement;
      const std::size_t rest = first_invalid_utf8(text.substr(i + 1));
      valid_end = rest == std::string_view::npos ? text.size() : i + 1 + rest;
    } else if (is_c1(text, i)) {
      result += kReplacement;
      ++i;
    } else if (is_control(byte) && !(keep_layout && (byte == '\n' || byte == '\t'))) {
      result += kReplacement;
    } else {
      result += byte;
    }
  }
  return result;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kMost = 40;
  return '"' + shortened(printable(text.substr(0, 4 * kMost)), kMost) + '"';
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string result;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) result += separator;
    result += parts[i];
  }
  return result;
}

std::string format_count(std::int64_t count) {
  const std::string digits = std::to_string(count);
  const std::size_t first = count < 0 ? 1 : 0;
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > first && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string format_counted(std::size_t count, std::string_view noun) {
  return format_count(static_cast<std::int64_t>(count)) + ' ' + std::string(noun) +
         (count == 1 ? "" : "s");
}

std::string format_bytes(std::uint64_t bytes) {
  if (bytes < 1024) return format_counted(bytes, "byte");
  constexpr std::array<const char*, 6> kUnits = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  // 1023.95 would be printed as 1024.0.
  while (value >= 1023.95 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f %s", value, kUnits[unit]);
  return text.data();
}

std::string format_duration(double seconds) {
  constexpr double kLongest = 1e12;
  if (!(seconds >= 0 && seconds < kLongest)) return "-:--";
  const auto whole = static_cast<long long>(seconds);
  const long long minutes = whole / 60;
  const long long hours = minutes / 60;
  std::array<char, 48> text{};
  if (hours >= 48) {
    std::snprintf(text.data(), text.size(), "%lld d %02lld h", hours / 24, hours % 24);
  } else if (hours > 0) {
    std::snprintf(text.data(), text.size(), "%lld h %02lld m", hours, minutes % 60);
  } else {
    std::snprintf(text.data(), text.size(), "%lld:%02lld", minutes, whole % 60);
  }
  return text.data();
}

}  // namespace lingua

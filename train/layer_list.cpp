#include "train/layer_list.h"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <string_view>

#include "support/error.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr int64_t kMostLayer = 9999;  // keeps a mistyped range short

// A layer's number, or -1.
int64_t layer_number(std::string_view text) {
  int64_t value = -1;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = failure == std::errc{} && end == text.data() + text.size();
  return whole && value >= 0 && value <= kMostLayer ? value : -1;
}

}  // namespace

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  if (text.ends_with(',')) parts.emplace_back();
  return parts;
}

std::vector<int64_t> layer_list(const std::string& text, const std::string& option) {
  std::vector<int64_t> layers;
  for (const std::string& part : split_at_commas(text)) {
    const auto dash = std::min(part.find('-'), part.size());
    const int64_t first = layer_number(std::string_view(part).substr(0, dash));
    const int64_t last =
        dash == part.size() ? first : layer_number(std::string_view(part).substr(dash + 1));
    if (first < 0 || last < first) {
      throw Error(ErrorKind::kUsage,
                  option + ": " + in_quotes(part) + " is neither a layer nor a range of layers",
                  "a list such as 0-9,20; layers count from 0");
    }
    for (int64_t layer = first; layer <= last; ++layer) layers.push_back(layer);
  }
  return layers;
}

}  // namespace lingua

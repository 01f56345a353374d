#include "data/split.h"

#include <algorithm>
#include <cmath>

#include "support/error.h"
#include "support/sha256.h"

namespace lingua {
namespace {

// The first 52 bits of the hash as a number in [0, 1), which a double holds exactly.
double position_of(const Example& example, std::uint64_t seed) {
  const std::string hash = sha256_hex(std::to_string(seed) + '\n' + prompt_text(example));
  constexpr std::size_t kDigits = 13;
  const auto bits = std::stoull(hash.substr(0, kDigits), nullptr, 16);
  return std::ldexp(static_cast<double>(bits), -static_cast<int>(4 * kDigits));
}

// Examples below the bound are held out.
double bound_for(const std::vector<double>& positions, double share) {
  if (share == 0 || positions.empty()) return 0;
  const auto [least, greatest] = std::minmax_element(positions.begin(), positions.end());
  if (*least == *greatest) return 0;  // one prompt: all of it is for training
  return std::clamp(share, std::nextafter(*least, 1.0), *greatest);
}

}  // namespace

void validate(const SplitOptions& options) {
  if (!(options.held_out_share >= 0 && options.held_out_share <= 0.5)) {
    throw Error(ErrorKind::kUsage, "the held-out share is " +
                                       std::to_string(options.held_out_share) +
                                       "; it must be 0 to 0.5");
  }
}

std::string prompt_text(const Example& example) {
  std::string user;
  std::string other;
  for (const Message& message : example.messages) {
    if (message.role == "assistant") break;
    std::string& text = message.role == "user" ? user : other;
    text += message.content + '\n';
  }
  if (!user.empty()) return user;
  if (!other.empty() || example.messages.empty()) return other;
  return example.messages.front().content;
}

Split split_by_hash(std::vector<Example> examples, const SplitOptions& options) {
  validate(options);
  std::vector<double> positions;
  positions.reserve(examples.size());
  for (const Example& example : examples) positions.push_back(position_of(example, options.seed));
  const double bound = bound_for(positions, options.held_out_share);
  Split split;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    auto& side = positions[i] < bound ? split.held_out : split.train;
    side.push_back(std::move(examples[i]));
  }
  return split;
}

}  // namespace lingua

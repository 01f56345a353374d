#include "compress/reference_prefix.h"

#include <algorithm>
#include <span>

#include "support/utf8.h"

namespace lingua {
namespace {

// Tokens that stay in front of a question that is too long.
constexpr std::size_t kFront = 100;

constexpr std::size_t kLookAhead = 100;  // characters of the context

std::string first_characters(const std::string& text, std::size_t count) {
  std::size_t end = 0;
  while (count-- > 0 && end < text.size()) {
    end += std::max<std::size_t>(1, utf8_sequence_length(std::string_view(text).substr(end)));
  }
  return text.substr(0, end);
}

}  // namespace

std::string prefix_within_context(const std::string& prefix, int64_t segment_tokens,
                                  int64_t context_tokens, const Tokenizer& tokenizer) {
  const auto with_break = static_cast<int64_t>(tokenizer.encode_ids(prefix + "\n\n").size());
  if (with_break + 2 * segment_tokens <= context_tokens) return prefix;
  const auto ids = tokenizer.encode_ids(prefix);
  const auto size = static_cast<int64_t>(ids.size());
  int64_t back = size - context_tokens + 2 + static_cast<int64_t>(kFront) + 2 * segment_tokens;
  if (back < 0) back += size;  // as Python counts
  back = std::clamp<int64_t>(back, 0, size);
  const std::span<const TokenId> all = ids;
  return tokenizer.decode(all.first(std::min(kFront, ids.size()))) +
         tokenizer.decode(all.subspan(static_cast<std::size_t>(back)));
}

std::size_t prefix_tokens(const std::string& prefix, const std::string& context,
                          const Tokenizer& tokenizer) {
  const Encoding encoding = tokenizer.encode(prefix + first_characters(context, kLookAhead));
  const auto inside = [&](const ByteRange& range) { return range.end <= prefix.size(); };
  return static_cast<std::size_t>(
      std::count_if(encoding.ranges.begin(), encoding.ranges.end(), inside));
}

}  // namespace lingua

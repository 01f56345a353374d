#include "data/answer_tokens.h"

#include <algorithm>

#include "support/error.h"

namespace lingua {
namespace {

// Places of an answer's content: the template may have put something around it.
void append_content(const Segment& segment, const Encoding& encoding, std::size_t message,
                    const std::string& content, AnswerTokens& result) {
  const std::size_t begin = segment.text.find(content);
  if (begin == std::string::npos) return;
  const std::size_t end = begin + content.size();
  for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
    const ByteRange range = encoding.ranges[i];
    if (range.begin < begin || range.end > end || range.begin == range.end) continue;
    const ByteRange bytes{range.begin - begin, range.end - begin};
    result.tokens.push_back({result.ids.size() + i, message, bytes, false});
  }
}

}  // namespace

AnswerTokens answer_tokens(const Example& example, const Tokenizer& tokenizer,
                           const ChatTemplate& chat) {
  AnswerTokens result;
  for (const Segment& segment : render(example.messages, chat)) {
    const Encoding encoding = tokenizer.encode(segment.text, segment.parse_special);
    if (segment.answer >= 0) {
      const auto message = static_cast<std::size_t>(segment.answer);
      const std::string& content = example.messages[message].content;
      if (!segment.parse_special) {
        append_content(segment, encoding, message, content, result);
      } else {
        const ByteRange end{content.size(), content.size()};
        result.tokens.push_back({result.ids.size(), message, end, true});
      }
    }
    result.ids.insert(result.ids.end(), encoding.ids.begin(), encoding.ids.end());
  }
  return result;
}

void require_same_ids(const Sample& sample, const AnswerTokens& answer) {
  const bool same = sample.ids.size() <= answer.ids.size() &&
                    std::equal(sample.ids.begin(), sample.ids.end(), answer.ids.begin());
  if (same) return;
  throw Error(ErrorKind::kInternal, "sample of example " + std::to_string(sample.example) +
                                        " is not what the example's tokens are");
}

std::string token_bytes(const Tokenizer& tokenizer, TokenId id) {
  // Behind another token, so that a space at the beginning is not taken for a mark of it.
  std::vector<TokenId> ids = tokenizer.encode_ids("\xff");
  const std::size_t before = tokenizer.decode(ids).size();
  ids.push_back(id);
  return tokenizer.decode(ids).substr(before);
}

}  // namespace lingua

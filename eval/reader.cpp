#include "eval/reader.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "compress/words.h"
#include "model/generate.h"
#include "support/error.h"

namespace lingua {
namespace {

bool begins_blank(const std::string& text) {
  return std::string_view(" \t\r\n").find(text.front()) != std::string_view::npos;
}

std::string first_line(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find('\n', begin) - begin);
}

// Words of letters and digits in lower case, without articles.
std::vector<std::string> answer_words(const std::string& text) {
  std::vector<std::string> words;
  for (const ByteRange& range : words_in(text)) {
    std::string word = text.substr(range.begin, range.end - range.begin);
    if (!continues_word(word, 0)) continue;
    std::transform(word.begin(), word.end(), word.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (word != "a" && word != "an" && word != "the") words.push_back(std::move(word));
  }
  return words;
}

}  // namespace

Reader::Reader(const RunnableModel& model) : decoder_(model.decoder), tokenizer_(model.tokenizer) {
  const int64_t first = model.config.bos_token_id;
  if (first >= 0 && tokenizer_->file_name() == "tokenizer.model") {
    begin_.push_back(static_cast<TokenId>(first));
  }
}

std::vector<TokenId> Reader::ids_before(const std::string& prompt,
                                        const std::string& answer) const {
  std::vector<TokenId> ids = begin_;
  const bool joined = prompt.empty() || begins_blank(answer);
  const auto text = tokenizer_->encode_ids(joined ? prompt : prompt + "\n", false);
  ids.insert(ids.end(), text.begin(), text.end());
  return ids;
}

TargetLoss Reader::loss(const std::string& prompt, const std::string& answer) const {
  const Scorer scorer(decoder_);
  KvCache cache = scorer.new_cache();
  scorer.extend(ids_before(prompt, answer), cache);
  TargetLoss total{.bytes = answer.size()};
  const bool has_before = cache.length() > 0;
  const auto losses = scorer.score(tokenizer_->encode_ids(answer, false), cache);
  for (std::size_t i = has_before ? 0 : 1; i < losses.size(); ++i) {
    total.nats += losses[i];
    ++total.tokens;
  }
  if (!std::isfinite(total.nats)) {
    throw Error(ErrorKind::kModel, "the reader gives an answer a loss that is no finite number");
  }
  return total;
}

std::string Reader::answer(const std::string& prompt, const std::string& like,
                           int64_t max_tokens) const {
  const std::vector<std::vector<TokenId>> prompts = {ids_before(prompt, like)};
  const auto line_ends = [this](std::span<const TokenId> ids) {
    const std::string text = tokenizer_->decode(ids);
    const auto begin = text.find_first_not_of(" \t\r\n");
    return begin != std::string::npos && text.find('\n', begin) != std::string::npos;
  };
  const auto answers = generate(decoder_, prompts, {.max_tokens = max_tokens}, line_ends);
  return first_line(tokenizer_->decode(answers[0]));
}

bool same_answer(const std::string& generated, const std::string& expected) {
  return answer_words(generated) == answer_words(expected);
}

}  // namespace lingua

#include "model/sentencepiece_train.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "model/sentencepiece_library.h"
#include "support/error.h"
#include "support/utf8.h"

namespace lingua {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20;
constexpr std::size_t kFewestBytes = std::size_t{64} << 10;
constexpr std::size_t kLongestSentence = 2048;  // bytes; the trainer drops those above 4192
// A tab, U+2581 and U+2585 separate words, spaces and unknowns inside the trainer.
constexpr std::array<std::string_view, 4> kTrainerMarks = {"\t", "\u2581", "\u2585", {"\0", 1}};
constexpr int kReserved = 256 + 3;  // byte pieces, <unk>, <s>, </s>
constexpr int kFewestLearnt = 16;   // pieces that the text itself may shape

using Characters = std::unordered_set<std::string_view>;

// The `most` most frequent characters of `texts`: each will have a piece of its own, and the
// trainer fails when they do not fit. Without those that the trainer uses as marks of its own.
Characters frequent_characters(std::span<const std::string_view> texts, std::size_t most) {
  std::map<std::string_view, int64_t> count_of;  // sorted, so that ties break the same everywhere
  for (std::string_view rest : texts) {
    while (!rest.empty()) {
      const std::size_t length = utf8_sequence_length(rest);
      if (length > 0) ++count_of[rest.substr(0, length)];
      rest.remove_prefix(std::max<std::size_t>(length, 1));
    }
  }
  for (const std::string_view mark : kTrainerMarks) count_of.erase(mark);
  std::vector<std::pair<std::string_view, int64_t>> counts(count_of.begin(), count_of.end());
  std::stable_sort(counts.begin(), counts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  Characters result;
  for (std::size_t i = 0; i < std::min(most, counts.size()); ++i) result.insert(counts[i].first);
  return result;
}

// Lines with their line breaks, the long ones cut between characters. Bytes that are no known
// character end a sentence and are left out: they fall back to byte pieces anyway.
void append_sentences(std::string_view text, const Characters& known,
                      std::vector<LinguaSpText>& sentences) {
  std::size_t begin = 0;
  const auto end_sentence = [&](std::size_t end) {
    if (end > begin) sentences.push_back({text.data() + begin, end - begin});
    begin = end;
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_sequence_length(text.substr(at));
    if (length == 0 || !known.contains(text.substr(at, length))) {
      end_sentence(at);
      at += std::max<std::size_t>(length, 1);
      begin = at;
      continue;
    }
    at += length;
    if (text[at - 1] == '\n' || at - begin >= kLongestSentence) end_sentence(at);
  }
  end_sentence(text.size());
}

// `learnt` is how many pieces the text may shape.
std::vector<LinguaSpText> sentences_of(std::span<const std::string> texts, std::size_t learnt) {
  std::vector<std::string_view> used;
  std::size_t bytes = 0;
  for (const std::string& text : texts) {
    used.push_back(std::string_view(text).substr(0, kMostBytes - bytes));
    bytes += used.back().size();
  }
  const Characters known = frequent_characters(used, learnt * 3 / 4);
  std::vector<LinguaSpText> sentences;
  for (const std::string_view text : used) append_sentences(text, known, sentences);
  // The trainer drops pieces that it expects less than once and ends the process when none is left,
  // so little text is repeated until every piece of it counts.
  const std::size_t once = sentences.size();
  for (std::size_t all = bytes; all < kFewestBytes && once > 0; all += bytes) {
    for (std::size_t i = 0; i < once; ++i) sentences.push_back(sentences[i]);
  }
  return sentences;
}

std::string comma_separated(const std::vector<std::string>& pieces) {
  std::string list;
  for (const std::string& piece : pieces) list += (list.empty() ? "" : ",") + piece;
  return list;
}

std::vector<std::string> arguments(const SentencePieceTrainOptions& options) {
  return {"vocab_size",
          std::to_string(options.vocab_size),
          "model_type",
          options.model_type,
          "character_coverage",
          "1.0",
          "user_defined_symbols",
          comma_separated(options.special),
          "byte_fallback",
          "true",
          "normalization_rule_name",
          "identity",
          "add_dummy_prefix",
          "false",
          "remove_extra_whitespaces",
          "false",
          "hard_vocab_limit",
          "false",
          "num_threads",
          "1",
          "minloglevel",
          "3"};
}

}  // namespace

std::string train_sentencepiece(std::span<const std::string> texts,
                                const SentencePieceTrainOptions& options) {
  const int learnt = options.vocab_size - kReserved - static_cast<int>(options.special.size());
  if (learnt < kFewestLearnt) {
    throw Error(ErrorKind::kUsage,
                "a vocabulary of " + std::to_string(options.vocab_size) + " pieces is too small",
                "take at least " + std::to_string(options.vocab_size - learnt + kFewestLearnt));
  }
  const std::vector<LinguaSpText> sentences = sentences_of(texts, static_cast<std::size_t>(learnt));
  if (sentences.empty()) {
    throw Error(ErrorKind::kData, "there is no text to train a tokenizer on");
  }
  const std::vector<std::string> words = arguments(options);
  std::vector<const char*> pairs;
  for (const std::string& word : words) pairs.push_back(word.c_str());

  const LinguaSpApi& library = sentencepiece_library();
  LinguaSpBytes proto{};
  std::array<char, kLinguaSpMessageSize> message{};
  const bool trained = library.train(sentences.data(), sentences.size(), pairs.data(),
                                     pairs.size() / 2, &proto, message.data());
  const std::unique_ptr<char, void (*)(void*)> owner(proto.data, library.release);
  if (!trained) {
    throw Error(ErrorKind::kData,
                std::string("SentencePiece cannot be trained on this text: ") + message.data());
  }
  return {proto.data, proto.size};
}

}  // namespace lingua

#include "data/recorded_choices.h"

#include <algorithm>
#include <cmath>

#include "data/answer_tokens.h"
#include "data/first_tokens.h"
#include "support/error.h"
#include "support/interrupt.h"

namespace lingua {
namespace {

// Less than any log can tell from nothing. OpenAI's "very unlikely" is e^-9999.
constexpr double kLeastMass = 1e-9;

// Finds the recorded token that begins at a byte of a message; asked for rising bytes.
class RecordedBorders {
 public:
  explicit RecordedBorders(const Message& message) : tokens_(message.recorded) {}

  const RecordedToken* at(std::size_t byte) {
    while (next_ < tokens_.size() && begin_ < byte) begin_ += tokens_[next_++].bytes.size();
    // Tokens without bytes stand for nothing in the text.
    while (next_ < tokens_.size() && tokens_[next_].bytes.empty()) ++next_;
    return next_ < tokens_.size() && begin_ == byte ? &tokens_[next_] : nullptr;
  }

 private:
  const std::vector<RecordedToken>& tokens_;
  std::size_t next_ = 0;
  std::size_t begin_ = 0;  // byte at which tokens_[next_] begins
};

std::vector<TokenMass> choices_of(const RecordedToken& recorded, TokenId target, bool at_start,
                                  FirstTokens& first) {
  std::vector<TokenMass> choices;
  for (const TokenChoice& choice : recorded.choices) {
    const double mass = std::exp(std::min(choice.logprob, 0.0));
    if (!(mass >= kLeastMass)) continue;
    const bool was_written = choice.bytes == recorded.bytes;
    const TokenId token = was_written ? target : first.first(choice.bytes, at_start);
    if (token >= 0) add_mass(choices, token, mass);
  }
  return choices;
}

}  // namespace

bool has_recorded(std::span<const Example> examples) {
  for (const Example& example : examples) {
    for (const Message& message : example.messages) {
      if (!message.recorded.empty()) return true;
    }
  }
  return false;
}

RecordedChoices match_recorded(std::span<const Example> examples, std::span<const Sample> samples,
                               const Tokenizer& tokenizer, const ChatTemplate& chat) {
  RecordedChoices result;
  FirstTokens first(tokenizer);
  for (const Sample& sample : samples) {
    throw_if_interrupted();
    const Example& example = examples[sample.example];
    result.choices.begin_sample();
    result.coverage.targets += sample.target_tokens;
    if (!has_recorded({&example, 1})) continue;
    const AnswerTokens answer = answer_tokens(example, tokenizer, chat);
    require_same_ids(sample, answer);
    std::vector<RecordedBorders> borders(example.messages.begin(), example.messages.end());
    for (const AnswerToken& token : answer.tokens) {
      if (token.index >= sample.ids.size() || sample.target[token.index] == 0) continue;
      const RecordedToken* recorded = borders[token.message].at(token.bytes.begin);
      if (recorded == nullptr || token.bytes.end > token.bytes.begin + recorded->bytes.size()) {
        continue;
      }
      const auto choices =
          choices_of(*recorded, sample.ids[token.index], token.bytes.begin == 0, first);
      if (choices.empty()) continue;
      result.choices.add(token.index, choices);
      ++result.coverage.scored;
      for (const TokenMass& choice : choices) result.coverage.mass += choice.mass;
    }
  }
  return result;
}

}  // namespace lingua

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/runnable_model.h"
#include "model/target_loss.h"

namespace lingua {

// A model that reads prompts and says how much they tell it. It is asked as a plain language
// model: no chat template, special tokens in prompts are text. A SentencePiece model gets its first
// token in front, as its own tokenizer does it.
class Reader {
 public:
  explicit Reader(const RunnableModel& model);

  // Loss of `answer` given `prompt`; a line feed stands between them unless the answer begins with
  // white space. Answer tokens are the same whatever the prompt. With an empty prompt and no first
  // token the answer's own first token has no loss. Throws Error(kData) when both together are
  // longer than the model's context, Error(kModel) for a loss that is no finite number.
  TargetLoss loss(const std::string& prompt, const std::string& answer) const;

  // The first line that the model writes after `prompt`, at most `max_tokens` long, the likeliest
  // token each time. The line feed between them as above; `like` is an answer that it may begin as.
  std::string answer(const std::string& prompt, const std::string& like, int64_t max_tokens) const;

 private:
  std::vector<TokenId> ids_before(const std::string& prompt, const std::string& answer) const;

  std::shared_ptr<const Decoder> decoder_;
  std::shared_ptr<const Tokenizer> tokenizer_;
  std::vector<TokenId> begin_;  // in front of every prompt
};

// Whether a generated answer is the expected one: lower case, without articles and all that is
// neither letter nor digit at either end of a word, word by word (as SQuAD compares).
bool same_answer(const std::string& generated, const std::string& expected);

}  // namespace lingua

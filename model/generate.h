#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "model/decoder.h"
#include "model/tokenizer.h"

namespace lingua {

struct GenerateOptions {
  // Most tokens of an answer. >= 1
  int64_t max_tokens = 128;
  // 0: the likeliest token each time; else drawn from softmax(logits / temperature). >= 0
  double temperature = 0.0;
  // Seed of the draws; answer i does not depend on the others.
  uint64_t seed = 1;
};

// Whether an answer is over, asked after each token with all of them so far, the last included.
using AnswerEnds = std::function<bool(std::span<const TokenId>)>;

// What the model writes after each of `prompts` (none empty), token by token over a KV cache, all
// of them at a time: a step reads the weights once. Answers end with the token at which `ends`
// said so, or with the last that there is room for. Throws Error(kData) for a prompt that with
// max_tokens more has no room in the model's context. Checks for signals.
std::vector<std::vector<TokenId>> generate(const std::shared_ptr<const Decoder>& decoder,
                                           std::span<const std::vector<TokenId>> prompts,
                                           const GenerateOptions& options, const AnswerEnds& ends);

}  // namespace lingua

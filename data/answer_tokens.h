#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "data/example.h"
#include "data/sample.h"
#include "data/template.h"
#include "model/tokenizer.h"

namespace lingua {

// A token of an answer, by the bytes of the answer that it stands for.
struct AnswerToken {
  std::size_t index = 0;    // in the ids
  std::size_t message = 0;  // of the example
  ByteRange bytes;          // of the message's content; empty, at its end, for the end token
  bool ends_answer = false;
};

// An example as tokens, whole, with the places of its answers in it.
struct AnswerTokens {
  std::vector<TokenId> ids;
  std::vector<AnswerToken> tokens;  // in order; those that stand for no bytes are left out
};

// Renders and encodes as make_samples() does (data/sample.h).
AnswerTokens answer_tokens(const Example& example, const Tokenizer& tokenizer,
                           const ChatTemplate& chat);

// Throws Error(kInternal) unless the ids of `sample` are the first of `answer`.
void require_same_ids(const Sample& sample, const AnswerTokens& answer);

// The bytes that `id` stands for within a text.
std::string token_bytes(const Tokenizer& tokenizer, TokenId id);

}  // namespace lingua

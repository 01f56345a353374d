#pragma once

#include <array>
#include <vector>

#include "data/first_tokens.h"
#include "data/template.h"

namespace lingua {

// How a teacher reads text; what it refers to outlives this.
struct TeacherText {
  const Tokenizer& tokenizer;
  const ChatTemplate& chat;
  int64_t vocab_size = 0;  // rows of its head
  int64_t context = 0;     // most tokens that it reads
};

// A teacher's tokens as the first tokens of the model that learns (first_tokens.h). Its end token
// is that model's end token; its other special tokens are none.
class TokenTable {
 public:
  // All must outlive this.
  TokenTable(const TeacherText& teacher, const Tokenizer& tokenizer, const ChatTemplate& chat);

  // -1 where there is none. `at_start`: of an answer.
  TokenId first(TokenId of_teacher, bool at_start);

 private:
  TokenId find(TokenId of_teacher, bool at_start);

  const Tokenizer& teacher_tokenizer_;
  FirstTokens first_;
  TokenId teacher_end_, end_;                      // -1: none
  std::array<std::vector<TokenId>, 2> known_ids_;  // by at_start; found when first asked for
};

}  // namespace lingua

#include "data/token_table.h"

#include "data/answer_tokens.h"

namespace lingua {
namespace {

constexpr TokenId kNotAsked = -2;

TokenId end_of(const Tokenizer& tokenizer, const ChatTemplate& chat) {
  const auto ids = tokenizer.encode_ids(chat.end_token);
  return ids.size() == 1 ? ids.front() : -1;
}

bool is_special(const Tokenizer& tokenizer, const std::string& bytes, TokenId id) {
  const std::vector<TokenId> alone = {id};
  return tokenizer.encode_ids(bytes, true) == alone && tokenizer.encode_ids(bytes, false) != alone;
}

}  // namespace

TokenTable::TokenTable(const TeacherText& teacher, const Tokenizer& tokenizer,
                       const ChatTemplate& chat)
    : teacher_tokenizer_(teacher.tokenizer),
      first_(tokenizer),
      teacher_end_(end_of(teacher.tokenizer, teacher.chat)),
      end_(end_of(tokenizer, chat)) {
  known_ids_.fill(std::vector<TokenId>(static_cast<std::size_t>(teacher.vocab_size), kNotAsked));
}

TokenId TokenTable::first(TokenId of_teacher, bool at_start) {
  TokenId& known = known_ids_[at_start ? 1 : 0].at(static_cast<std::size_t>(of_teacher));
  if (known == kNotAsked) known = find(of_teacher, at_start);
  return known;
}

TokenId TokenTable::find(TokenId of_teacher, bool at_start) {
  if (of_teacher == teacher_end_) return end_;
  const std::string bytes = token_bytes(teacher_tokenizer_, of_teacher);
  if (bytes.empty() || is_special(teacher_tokenizer_, bytes, of_teacher)) return -1;
  return first_.first(bytes, at_start);
}

}  // namespace lingua

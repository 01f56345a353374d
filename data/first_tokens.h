#pragma once

#include <string>
#include <unordered_map>

#include "model/tokenizer.h"

namespace lingua {

// Which token of the model that learns comes first where a text goes on with given bytes. This is
// how choices of another tokenizer become choices of its own, at a place where tokens of both
// begin.
//
// Why the first token, and not the token of exactly these bytes: the model's probability of a
// token s is that of all texts whose tokenisation goes on with s. A choice " international" of
// which the model makes " inter" and "national" belongs to these texts of " inter" with all of its
// probability; left out, the model would learn that " inter" is unlikely where it is nearly
// certain. So the probabilities of all choices that begin with the same token are added. What
// stays an assumption is that a choice which is one whole token of the model ends there, as it did
// for the other model: were it to grow into a longer token ("intern" into "international"), its
// mass would belong to that one. For the choice that was really written the text itself tells, and
// places where a token of the model reaches beyond it are not scored (recorded_choices.h).
class FirstTokens {
 public:
  explicit FirstTokens(const Tokenizer& tokenizer) : tokenizer_(tokenizer) {}

  // -1 where there is none, or where it depends on the rest of a character of which the bytes are a
  // part.
  // `at_start`: the text begins here.
  TokenId first(const std::string& bytes, bool at_start);

 private:
  TokenId find(const std::string& bytes, bool at_start) const;

  const Tokenizer& tokenizer_;
  std::unordered_map<std::string, TokenId> known_[2];  // by at_start
};

}  // namespace lingua

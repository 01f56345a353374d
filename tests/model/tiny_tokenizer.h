#pragma once

#include <string>

#include "model/tokenizer.h"

namespace lingua {

// Ids of the tiny tokenizer beyond the 256 bytes, which are their own ids.
enum TinyId : TokenId {
  kTh = 256,
  kHe,
  kThe,
  kSpaceThe,
  kAa,
  kAaaa,
  kEAcute,
  kZz,         // made by no merge
  kEnd,        // <|end|>, special, in the vocabulary
  kXBracket,   // [x], added, not special
  kXXBracket,  // [x][x], the same
  kTinyVocabulary,
};

// Pieces of its JSON that a test replaces.
struct TinyTokenizerParts {
  std::string without_bytes = "";  // bytes that get no piece
  std::string unknown = "null";
  std::string ignore_merges = "false";
  std::string merges = R"("t h","h e","th e","Ġ the","a a","aa aa","Ã ©")";
};

// A whole tokenizer.json with GPT-2's pre-tokeniser.
std::string tiny_tokenizer_json(const TinyTokenizerParts& parts = {});

}  // namespace lingua

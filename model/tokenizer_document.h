#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/tokenizer.h"
#include "model/tokenizer_fields.h"

namespace lingua {

// A piece of model.vocab.
struct VocabularyEntry {
  std::string piece;
  TokenId id = 0;
};

// A line of model.merges: "left right", or ["left", "right"] put together in that way.
struct MergeEntry {
  std::string text;
  std::size_t left_bytes = 0;  // of a pair; 0: the text itself says it, by its only space

  std::string as_json() const;  // as the file has it
};

// A tokenizer.json, its two long parts apart: as JSON values they took most of a program's start.
struct TokenizerDocument {
  SortedJson root;  // with an empty model.vocab and model.merges where those are apart
  std::vector<VocabularyEntry> vocabulary;  // model.vocab, if it is an object
  std::vector<MergeEntry> merges;           // model.merges, if it is an array
};

// Refuses duplicate keys (but pieces), deep nesting, absurd sizes, ids that are none and merges
// that are neither text nor a pair. Throws Error(kModel).
TokenizerDocument read_tokenizer_document(std::string_view bytes, const TokenizerFields& fields);

}  // namespace lingua

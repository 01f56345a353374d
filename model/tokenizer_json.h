#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/bpe_merge.h"
#include "model/piece_ids.h"
#include "model/regex.h"
#include "model/tokenizer.h"

namespace lingua {

// A token beside the vocabulary proper, recognised where text spells it out.
struct AddedToken {
  TokenId id = 0;
  std::string content;
  bool special = false;
};

// What a tokenizer.json says, checked: ids fit, merges name pieces that exist.
struct BpeDefinition {
  std::vector<std::string> pieces;  // by id, spelt as in the file (byte_alphabet.h); "" for a hole
  PieceIds ids;                     // the way back
  std::vector<Merge> merges;        // by rank
  std::vector<AddedToken> added;    // their pieces are in `pieces` too
  std::vector<Regex> pre_tokenizer_steps;
  TokenId unknown = -1;        // stands for a byte without a piece; -1: such bytes are dropped
  bool normal_form_c = false;  // text is brought into Unicode's normal form C first
  bool ignore_merges = false;  // a word that is a piece becomes that piece at once
};

// Reads Hugging Face's tokenizer.json of a byte-level BPE. Strict: a feature that is not
// implemented (normalizers but NFC, other pre-tokenizers and decoders, dropout, affixes, stripping
// added tokens) is an error like damage is, because ignoring it would change the ids. Truncation,
// padding and post-processor are not about the text's own tokens and are ignored.
// Throws Error(kModel) beginning with `where` and naming field and value.
BpeDefinition parse_tokenizer_json(std::string_view bytes, const std::string& where);

}  // namespace lingua

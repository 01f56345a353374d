#pragma once

#include <vector>

#include "model/regex.h"
#include "model/tokenizer_fields.h"

namespace lingua {

// The steps of a tokenizer.json's "pre_tokenizer" (`root` is the whole file): ByteLevel, alone or
// at the end of a Sequence of Digits and Split. Throws Error(kModel) for any other.
std::vector<Regex> read_pre_tokenizer(const SortedJson& root, const TokenizerFields& fields);

}  // namespace lingua

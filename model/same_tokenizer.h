#pragma once

#include "model/tokenizer.h"

namespace lingua {

// Whether both make the same tokens of all texts: their files are equal, or they spell every id
// alike (files of one tokenizer differ in layout, and models of one family in its padding).
bool same_tokenizer(const Tokenizer& a, const Tokenizer& b);

}  // namespace lingua

#pragma once

#include "model/sentencepiece_module.h"

namespace lingua {

// SentencePiece's functions: linked in, or from the module lingua_sentencepiece, which the first
// call loads into a namespace of its own (the run-time path of the program is searched, then the
// build tree). Throws Error(kInternal) saying why when the module cannot be loaded.
const LinguaSpApi& sentencepiece_library();

}  // namespace lingua

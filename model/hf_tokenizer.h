#pragma once

#include <memory>
#include <string>

#include "model/tokenizer.h"

namespace lingua {

// The tokenizer in a Hugging Face directory: tokenizer.json (byte-level BPE) or tokenizer.model
// (SentencePiece), the latter where both are there and the former describes SentencePiece's BPE.
// Throws Error(kModel) when neither is there or one cannot be used.
std::shared_ptr<const Tokenizer> load_hf_tokenizer(const std::string& directory);

}  // namespace lingua

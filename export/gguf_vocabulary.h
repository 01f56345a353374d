#pragma once

#include "export/gguf_directory.h"
#include "model/loader.h"

namespace lingua {

// Appends the model's tokenizer as llama.cpp reads it, tokenizer.ggml.*:
// - byte-level BPE: model "gpt2" with tokens, types and merges; `pre` names the pre-tokenizer
// - SentencePiece's BPE: model "llama" with tokens, types and scores
// One token for each row of the embedding, unused ones at the end. Throws Error(kModel) for a
// tokenizer that llama.cpp would read differently: SentencePiece's unigrams or normalisation, an
// unknown pre-tokenizer.
void add_gguf_vocabulary(const Model& model, GgufMetadataDraft& metadata);

}  // namespace lingua

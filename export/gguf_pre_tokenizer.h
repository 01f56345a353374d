#pragma once

#include <string>

#include "model/tokenizer_fields.h"

namespace lingua {

// llama.cpp's name (tokenizer.ggml.pre) for what a tokenizer.json does to a text before it merges:
// gpt-2, smollm, qwen2 or llama-bpe. `root` has passed parse_tokenizer_json(). Throws Error(kModel)
// for what has no name there.
std::string gguf_pre_tokenizer(const SortedJson& root, const TokenizerFields& fields);

}  // namespace lingua

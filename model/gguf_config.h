#pragma once

#include "model/config.h"
#include "model/gguf.h"

namespace lingua {

// The configuration that a GGUF file's metadata describes, for the architectures llama, qwen2,
// qwen3, gpt2 and gemma3. Throws Error(kModel) naming the key that is missing or has a value that
// the decoder cannot compute with.
ModelConfig gguf_config(const GgufFile& gguf);

}  // namespace lingua

#pragma once

#include <string>

#include "model/loader.h"
#include "support/json.h"

namespace lingua {

// The texts beside the weights in a Hugging Face directory, as transformers 4 and 5 read them.

// config.json for weights of `dtype` ("float32", "bfloat16", "float16").
Json hf_config(const ModelConfig& config, const std::string& dtype);

// generation_config.json: the ids that begin, end and pad a text.
Json hf_generation_config(const ModelConfig& config);

// tokenizer_config.json: how to open the tokenizer's file, special tokens, the chat template.
Json hf_tokenizer_config(const Model& model);

// special_tokens_map.json.
Json hf_special_tokens_map(const Model& model);

}  // namespace lingua

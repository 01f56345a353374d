#pragma once

#include <string>

#include "model/loader.h"
#include "support/json.h"

namespace lingua {

// The texts beside the weights in a Hugging Face directory, as transformers 4 and 5 read them.

// Whether the model's own tokenizer file is a tokenizer.json; else it is a tokenizer.model.
bool is_json_tokenizer(const Model& model);

// config.json for weights of `dtype` ("float32", "bfloat16", "float16").
Json hf_config(const ModelConfig& config, const std::string& dtype);

// generation_config.json: the ids that begin, end and pad a text.
Json hf_generation_config(const ModelConfig& config);

// tokenizer.json: the model's own, or its SentencePiece model in that form (sentencepiece_json.h).
std::string hf_tokenizer_json(const Model& model);

// tokenizer_config.json: how to open tokenizer.json, special tokens, the chat template (Jinja; "":
// none).
Json hf_tokenizer_config(const Model& model, const std::string& chat_template);

// special_tokens_map.json.
Json hf_special_tokens_map(const Model& model);

}  // namespace lingua

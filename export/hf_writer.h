#pragma once

#include <functional>
#include <string>

#include "model/loader.h"

namespace lingua {

// Writes `model` as a Hugging Face directory: model.safetensors (weights as they are in `model`;
// all of one type; no adapters), config.json, generation_config.json, tokenizer.json and, of
// SentencePiece, tokenizer.model, tokenizer_config.json, special_tokens_map.json,
// chat_template.jinja where there is one, README.md, and what training reported as
// lingua_report.json. It appears under its name whole or not at all; `check`, which may be empty,
// sees it under a temporary name before that, and what it throws keeps the old state. `replace`: a
// model directory that is there may be replaced. `licence`: as provenance_of() takes it. Throws
// Error(kModel), Error(kUsage) when something stands in the way.
void write_hf_directory(const Model& model, const std::string& output, bool replace,
                        const std::function<void(const std::string& directory)>& check,
                        const std::string& licence = "");

}  // namespace lingua

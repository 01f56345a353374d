#pragma once

#include <span>
#include <string>

#include "data/example.h"
#include "model/decoder.h"
#include "model/tokenizer.h"

namespace lingua {

// Who said what in an example, as the first 16 digits of its SHA-256: the same wherever the example
// stands and whatever labels it has.
std::string text_id(const Example& example);

// The same of its instruction alone (prompt_text()): equal for the answers of two LLMs to one
// instruction.
std::string instruction_id(const Example& example);

// SHA-256 over the texts, whatever their order and files.
std::string data_sha256(std::span<const Example> examples);

// SHA-256 over weights and tokenizer of a model as it runs.
std::string model_sha256(const Decoder& decoder, const Tokenizer& tokenizer);

}  // namespace lingua

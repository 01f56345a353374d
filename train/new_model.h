#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "data/example.h"
#include "model/loader.h"

namespace lingua {

// Whether `spec` asks for a model made from nothing ("new:...").
bool is_new_model(const std::string& spec);

// Makes the model that `spec` names, so far "new:tiny" (2 layers, 64 wide, about 0.1 million
// weights): random weights from `seed` and a SentencePiece tokenizer trained on the examples' text.
// Throws Error(kUsage) for another name.
Model make_new_model(const std::string& spec, std::span<const Example> examples, uint64_t seed);

}  // namespace lingua

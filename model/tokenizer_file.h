#pragma once

#include <memory>
#include <string>

#include "model/tokenizer.h"

namespace lingua {

// The tokenizer alone of what `spec` names, without a look at weights but those of an aligned.pt: a
// tokenizer.json, a tokenizer.model, a directory with one of them, or whatever load_model() takes.
// Throws Error(kModel) when it is not there or cannot be used.
std::shared_ptr<const Tokenizer> load_tokenizer_of(const std::string& spec);

}  // namespace lingua

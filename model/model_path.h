#pragma once

#include <string>

namespace lingua {

// The path of what `spec` names: a path that exists, or the GGUF file of that name in
// models_folder(). Throws Error(kModel) when there is neither; the hint lists the known names.
std::string find_model(const std::string& spec);

}  // namespace lingua

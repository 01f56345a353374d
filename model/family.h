#pragma once

#include <string>
#include <string_view>

#include "model/config.h"

namespace lingua {

// What the files of a family call it.
struct FamilyNames {
  Family family;
  const char* model_type;    // in Hugging Face's config.json
  const char* architecture;  // Hugging Face's class
  const char* gguf;          // general.architecture of GGUF files
};

const FamilyNames& family_names(Family family);

// Null for a name that no family has.
const FamilyNames* family_of_model_type(std::string_view model_type);
const FamilyNames* family_of_gguf(std::string_view architecture);

// A hint that lists what is supported.
std::string supported_families();

// A configuration with the family's features; shapes and constants are still to be set.
ModelConfig family_config(Family family);

// Whether a layer (from 0) sees its sliding window only.
bool is_local_layer(const ModelConfig& config, int64_t layer);

}  // namespace lingua

#pragma once

#include <lingua/compress.h>

#include "compress/options.h"
#include "support/json.h"

namespace lingua {

// The options that the settings stand for, validated, without the tokenizer of the budget, which
// lies in a file. Throws Error(kUsage), or Error(kData) for rules of JSON that cannot be.
CompressOptions options_of(const Settings& settings);

// The settings of a request in JSON, and what else it asks for.
struct JsonSettings {
  Settings settings;
  bool tokens = false;  // the result has the fate of every token
};

// Reads {"dtype", "device", "threads"}, and what lingua_compress() documents; null stands for {}.
// Throw Error(kUsage) for a field that is not known, with the nearest known one, or of another
// type.
ModelSettings model_settings_from_json(const Json& json);
JsonSettings settings_from_json(const Json& json);

}  // namespace lingua

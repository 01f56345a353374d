#pragma once

#include <string>
#include <vector>

#include "model/loader.h"

namespace lingua {

// Where a model comes from, as far as it is known; for model cards and metadata.
struct Provenance {
  struct File {
    std::string name;
    std::string sha256;  // "" where it is not recorded
  };

  std::string base;           // name of the base model
  bool is_aligned = false;    // trained by lingua-align
  std::string licence;        // SPDX identifier in lower case; "" if unknown
  std::vector<File> files;    // what it was trained on
  std::string chat_template;  // name of the template it was trained with; "" if none is recorded
  bool has_gain = false;      // whether the next three are known
  double bits_before = 0;     // bits per byte of held-out target text before alignment
  double bits_after = 0;      // and after
  int64_t samples = 0;        // held out

  double gain_percent() const { return 100 * (bits_after / bits_before - 1); }
};

// Reads the model's report; fields that it lacks or that have another type are left out. `licence`
// goes before what is known of the base model.
Provenance provenance_of(const Model& model, const std::string& licence = "");

}  // namespace lingua

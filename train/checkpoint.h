#pragma once

#include <string>

#include "model/tensor_map.h"
#include "support/json.h"

namespace lingua {

// What a checkpoint folder holds (docs/training.md, "Checkpoints and resume").
struct Checkpoint {
  Json state;             // state.json
  TensorMap model;        // model.safetensors
  TensorMap optimizer;    // optim.safetensors
  std::string path = {};  // that it was read from
};

// Writes the folder `path` so that it appears under its name whole or not at all, manifest last. A
// folder that stands there is replaced. Throws Error(kModel); nothing of ours is left behind then.
void write_checkpoint(const std::string& path, const Checkpoint& checkpoint);

// Reads it back. Throws Error(kModel) naming the first file that is missing, has another size or
// another SHA-256 than the manifest says, or is of a version that this program does not know.
Checkpoint read_checkpoint(const std::string& path);

// Whether `path` has a manifest, the file that makes a checkpoint of a folder.
bool is_checkpoint(const std::string& path);

// Whether every file in `path` has a name that write_checkpoint() uses or begins with one.
bool holds_checkpoint_files_only(const std::string& path);

// Deletes the folder, its manifest first: what a kill in between leaves is no checkpoint.
void delete_checkpoint(const std::string& path);

}  // namespace lingua

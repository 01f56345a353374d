#pragma once

#include <optional>
#include <string>

#include "model/loader.h"
#include "support/json.h"
#include "train/align.h"
#include "train/align_data.h"
#include "train/checkpoint.h"
#include "train/teacher.h"

namespace lingua {

// What a run must have in common with the one that it goes on from: the options that decide
// (options.checkpoints.settings), and SHA-256 of the data's files (`data`: what describe_data()
// says), of tokenizer, configuration and weights of the base model and of the samples that became
// of it all, causes before what follows from them. `dtype`: what is computed in.
Json run_identity(const AlignOptions& options, const Json& data, const Model& base,
                  const AlignSamples& samples, const std::string& dtype);

// Adds the teacher's weights and tokenizer.
void add_teacher_identity(const Teacher& teacher, Json& identity);

// The type that the run of a checkpoint computes in.
std::optional<std::string> dtype_of_run(const Checkpoint& checkpoint);

// Compares the identity in a checkpoint's state.json with that of the present run. Throws
// Error(kUsage) for the first option, Error(kModel) for the first other thing that differs, naming
// it with both values and `where` the checkpoint lies.
void require_same_run(const Json& state, const Json& present, const std::string& where);

// Warns when the checkpoint (its state.json) comes from another number of ranks or threads or
// another build of libtorch or lingua: the weights may then differ in their last bits.
void warn_of_other_machine(const Json& state, int ranks = 1);

}  // namespace lingua

#pragma once

#include "cli/lingua_compress_options.h"
#include "compress/drafted_model.h"
#include "compress/options.h"

namespace lingua {

// Compresses the prompts of the --input files and writes one line of JSON each, in their order and
// as soon as it is ready. Prompts are taken in groups of --batch-prompts, from a pipe as many as
// have arrived, and those of a group are compressed together (compress/rounds.h). A group depends
// on nothing that was before it, so that a resumed run, which does the group again in which it was
// interrupted, gives the bytes of an uninterrupted one. `resolved` are the options' own with what
// lies in files. Throws Error that begins with file:line for a prompt that cannot be used.
void compress_many(const CompressCommandOptions& options, const CompressOptions& resolved,
                   const DraftedModel& models);

}  // namespace lingua

#pragma once

#include "compress/options.h"
#include "model/decoder.h"

namespace lingua {

// How far a token looks back when the model scores a prompt: all the way, unless the mode and the
// effort leave it at the last 2048 tokens and the first 256, so that time grows by a prompt's
// length alone. Scores that ask about the question always look back to it.
TokenWindow scoring_window(const CompressOptions& options);

}  // namespace lingua

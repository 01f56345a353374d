#pragma once

#include <string>

namespace lingua {

// Where the figures of each step go.
struct MetricsOptions {
  // A file of JSON Lines (docs/training.md, "metrics.jsonl"); "": none.
  std::string file;
  // A folder for TensorBoard; "": none.
  std::string tensorboard;
};

}  // namespace lingua

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "support/json.h"
#include "train/evaluation.h"
#include "train/metrics_options.h"
#include "train/tensorboard.h"
#include "train/trainer.h"

namespace lingua {

// A line for each step and each measurement of held-out text, as JSON Lines and as TensorBoard's
// curves, whichever is asked for.
class Metrics {
 public:
  // A resumed run (`step` and `evaluated` are over 0) keeps what the files say of the steps up to
  // `step` and of the measurements up to `evaluated`; else they begin anew. Throws Error(kUsage)
  // when a file cannot be written. Later failures are warned of once.
  Metrics(const MetricsOptions& options, int64_t step, int64_t evaluated);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void add(const StepRecord& record);
  void add(const EvaluationState& measured);

 private:
  void write_line(const Json& line);

  std::string path_;
  int descriptor_ = -1;  // -1: no file is asked for, or it failed
  std::unique_ptr<TensorBoardWriter> board_;
  std::optional<StepRecord> before_;  // the last step of this process
};

}  // namespace lingua

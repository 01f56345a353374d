#pragma once

#include <memory>
#include <optional>
#include <string>

#include "support/json.h"
#include "train/evaluation.h"
#include "train/metrics_options.h"
#include "train/run_history.h"
#include "train/tensorboard.h"
#include "train/trainer.h"

namespace lingua {

// Where a run stands that goes on: what its files say of later steps did not happen.
struct MetricsPosition {
  int64_t step = 0;       // done
  int64_t evaluated = 0;  // of the last measurement
};

// A line for each step and each measurement of held-out text, as JSON Lines and as TensorBoard's
// curves, whichever is asked for.
class Metrics {
 public:
  // A resumed run keeps the lines up to its position, whole ones; without one the file begins
  // anew. Throws Error(kUsage) when a file cannot be written. Later failures are warned of once.
  explicit Metrics(const MetricsOptions& options,
                   const std::optional<MetricsPosition>& resumed = std::nullopt);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void add(const StepRecord& record);
  void add(const EvaluationState& measured);
  // That `step` ended training as diverged, and why.
  void add_divergence(int64_t step, const std::string& reason);

  // All lines so far; those of earlier parts of a resumed run where its file still has them.
  const RunHistory& history() const { return history_; }

 private:
  void write_line(const Json& line);

  std::string path_;
  int descriptor_ = -1;  // -1: no file is asked for, or it failed
  std::unique_ptr<TensorBoardWriter> board_;
  RunHistory history_;
  std::optional<StepRecord> before_;  // the last step of this process
};

}  // namespace lingua

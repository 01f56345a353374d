#pragma once

#include <functional>
#include <optional>
#include <string>

#include "support/progress.h"
#include "train/align.h"
#include "train/align_data.h"
#include "train/checkpoint_folder.h"
#include "train/flat_parameters.h"
#include "train/held_out.h"
#include "train/metrics.h"
#include "train/run_state.h"

namespace lingua {

// What a run works on; all of it outlives the run.
struct RunParts {
  const AlignOptions& options;
  const AlignExamples& examples;
  const AlignSamples& samples;
  Decoder& decoder;
  FlatParameters& parameters;
  const CheckpointFolder* folder;  // null: no checkpoints, or not the rank that writes them
  Json identity;                   // see train/run_identity.h
  const Objective& objective;      // knows the training samples
};

// Training and what goes with it: measurements of held-out text, checkpoints, metrics.
class TrainingRun {
 public:
  // Measures held-out text, which stands for "before". Interruptible.
  explicit TrainingRun(RunParts parts);
  // Goes on from `checkpoint`; throws as restore_checkpoint().
  TrainingRun(RunParts parts, const Checkpoint& checkpoint);

  // Tries what would else fail late: the largest micro-batch, a measurement, a checkpoint, and
  // `save`. Changes nothing.
  void preflight(const std::function<void()>& save);

  // Trains to the end or a reason to stop; a last checkpoint is written in either case. Throws
  // Error(kDiverged), which writes none.
  TrainResult train();

  // Puts the weights in place that the run is to give: the best, the averaged or the last ones.
  // Where the best are kept, the last are measured first unless a signal waits.
  void take_result();

  HeldOutLosses before() const;
  // Of the weights of take_result().
  HeldOutLosses after();

  const RunState& state() const { return state_; }
  const RunHistory& history() const { return metrics_->history(); }
  std::optional<int64_t> resumed_from() const { return resumed_from_; }  // a step

 private:
  std::optional<StopReason> after_step(const StepRecord& record);
  std::optional<StopReason> evaluate_if_due();
  bool has_checkpoints() const;
  bool checkpoint_due(int64_t step) const;
  void save_checkpoint();
  void take(double measured);
  HeldOutLosses measure(const std::string& label) const;
  TrainResult run_steps();

  RunParts parts_;
  RunState state_;
  std::optional<int64_t> resumed_from_;
  int64_t saved_step_ = -1;  // of the last checkpoint
  double saved_at_ = 0;      // seconds of training, then
  std::optional<Metrics> metrics_;
  std::optional<Progress> progress_;
};

}  // namespace lingua

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "train/checkpoint.h"
#include "train/checkpoint_options.h"

namespace lingua {

// The folder of one run's checkpoints, ckpt-00001200 for the one of step 1200. While this lives no
// other process uses the folder.
class CheckpointFolder {
 public:
  // Makes the folder where it is missing, and clears away what a killed run left half written.
  // Throws Error(kUsage) when another process uses it, or when it holds checkpoints and
  // options.resume is not set; Error(kModel) when it cannot be made or written to.
  explicit CheckpointFolder(const CheckpointOptions& options);
  ~CheckpointFolder();
  CheckpointFolder(const CheckpointFolder&) = delete;
  CheckpointFolder& operator=(const CheckpointFolder&) = delete;

  // The newest checkpoint that is whole; nothing where there are none. Each damaged one is warned
  // of. Throws Error(kModel) when there are checkpoints and all are damaged.
  std::optional<Checkpoint> newest_good() const;

  // Writes the one of `step`, then keeps that and what else keep() says.
  void write(int64_t step, const Checkpoint& checkpoint, int64_t best_step) const;

  // Deletes all but the last options.keep up to `step` and the one of `best_step`.
  void keep(int64_t step, int64_t best_step) const;

  // Writes one under another name and deletes it: shows before training that there is room.
  void try_write(int64_t step, const Checkpoint& checkpoint) const;

  // Where the checkpoint of `step` lies.
  std::string path(int64_t step) const;

 private:
  std::vector<int64_t> steps() const;  // of all checkpoints, ascending
  void clear_leftovers() const;

  CheckpointOptions options_;
  int lock_ = -1;
};

}  // namespace lingua

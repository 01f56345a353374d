#pragma once

#include <functional>
#include <string>

#include "cli/command.h"
#include "train/distributed.h"

namespace lingua {

// The output of this process while it is one of several ranks: only the first one has any.
class RankOutput {
 public:
  // Silences standard output and error of every rank but the first.
  void follow(int rank);

  // Gives standard error back, to tell what the first rank does not know.
  void speak();

 private:
  int error_ = -1;  // standard error, where it is silenced
};

// "name" for the first rank, "name, rank N" for the others.
std::string name_of_rank(const std::string& name, int rank);

// Joins the other ranks, runs `work` together with them, and leaves them. What only this rank can
// tell is told whichever rank it is.
void run_as_rank(const DistributedOptions& options, const Launch& launch,
                 const CommonOptions& common, RankOutput& output,
                 const std::function<void(Communicator&)>& work);

}  // namespace lingua

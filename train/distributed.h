#pragma once

#include <memory>
#include <string>

#include "train/communicator.h"

namespace lingua {

// How a process comes to be one of several ranks.
struct DistributedOptions {
  // Joins the other ranks through MPI even where no launcher is recognised.
  bool mpi = false;
  // Silence after which a rank counts as dead, in seconds. [2, 3600]
  double rank_timeout = 20;
};

// Throws Error(kUsage) naming the option that cannot be.
void validate(const DistributedOptions& options);

// What the environment says of the launcher that started this process.
struct Launch {
  std::string launcher;  // "mpirun", "srun" or "a launcher with PMI"; "": none
  int rank = 0;
  int size = 1;
};
Launch launch_of_environment();

// One of several ranks where a launcher started more than one, or options.mpi is set: the module
// with MPI is loaded then. Alone otherwise. Throws Error(kUsage) when this build has no such
// module, Error(kInternal) when it cannot be loaded or MPI cannot start.
std::unique_ptr<Communicator> join_ranks(const DistributedOptions& options, const Launch& launch);

// How many ranks, this one included, may run on the same processors as this one.
int ranks_on_these_processors(Communicator& ranks);

}  // namespace lingua

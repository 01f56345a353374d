#pragma once

#include <string>
#include <vector>

#include "tests/cli/run_binary.h"

namespace lingua {

// Runs a command line as so many ranks under mpirun, on this machine and with one thread each.
// `mpirun`: further options of it.
RunResult run_ranks(int ranks, const std::vector<std::string>& command_line,
                    const std::vector<std::string>& mpirun = {}, RunOptions options = {});

}  // namespace lingua

#include "tests/train/run_ranks.h"

#include <filesystem>

#include "tests/paths.h"

namespace lingua {

RunResult run_ranks(int ranks, const std::vector<std::string>& command_line,
                    const std::vector<std::string>& mpirun, RunOptions options) {
  std::vector<std::string> arguments = {"--oversubscribe", "--bind-to", "none", "-np",
                                        std::to_string(ranks)};
  arguments.insert(arguments.end(), mpirun.begin(), mpirun.end());
  arguments.insert(arguments.end(), command_line.begin(), command_line.end());
  options.environment.insert({{"OMPI_ALLOW_RUN_AS_ROOT", "1"},
                              {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"},
                              // Containers often forbid a process to read another one's memory.
                              {"OMPI_MCA_btl_vader_single_copy_mechanism", "none"},
                              {"OMP_NUM_THREADS", "1"}});
  // run_binary() takes names relative to the folder of our programs.
  return run_binary(std::filesystem::relative(LINGUA_MPIRUN, bin_dir()), arguments, options);
}

}  // namespace lingua

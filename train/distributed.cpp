#include "train/distributed.h"

#include <dlfcn.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

#include "support/error.h"

namespace lingua {
namespace {

std::optional<int> number_in(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return std::nullopt;
  const std::string_view digits = text;
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  return whole && number >= 0 ? std::optional(number) : std::nullopt;
}

// What launchers call rank and number of ranks. srun sets the last pair for each task of a job
// step, with or without a PMI; sbatch does not.
struct LauncherVariables {
  const char* launcher;
  const char* rank;
  const char* size;
};
constexpr std::array kLaunchers = {
    LauncherVariables{"mpirun", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
    LauncherVariables{"a launcher with PMI", "PMI_RANK", "PMI_SIZE"},
    LauncherVariables{"srun", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS"}};

// Why several processes were to run together, for an error.
std::string reason_of(const Launch& launch) {
  if (launch.size == 1) return "--mpi is given";
  return launch.launcher + " started " + std::to_string(launch.size) + " processes";
}

#ifdef LINGUA_MPI_MODULE

[[noreturn]] void fail(const Launch& launch, const std::string& cause) {
  throw Error(ErrorKind::kInternal,
              reason_of(launch) + ", but the module " LINGUA_MPI_MODULE_NAME ": " + cause,
              "it belongs into the folder lib beside the folder of the programs and needs OpenMPI "
              "(Debian: openmpi-bin)");
}

std::string last_error() {
  const char* text = dlerror();
  return text == nullptr ? "unknown cause" : text;
}

// Never unloaded: MPI cannot be started twice in a process.
const LinguaMpiApi& load_module(const Launch& launch) {
  std::string causes;
  for (const char* path : {LINGUA_MPI_MODULE_NAME, LINGUA_MPI_MODULE}) {
    // Visible to all, because MPI's own plug-ins look for its symbols.
    void* module = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    if (module == nullptr) {
      causes += (causes.empty() ? "" : "; ") + last_error();
      continue;
    }
    void* symbol = dlsym(module, "lingua_mpi_api");
    if (symbol == nullptr) fail(launch, last_error());
    const LinguaMpiApi* api = reinterpret_cast<decltype(&lingua_mpi_api)>(symbol)();
    if (api->version != kLinguaMpiVersion) {
      fail(launch, "version " + std::to_string(api->version) + " instead of " +
                       std::to_string(kLinguaMpiVersion));
    }
    return *api;
  }
  fail(launch, causes);
}

#else

const LinguaMpiApi& load_module(const Launch& launch) {
  throw Error(
      ErrorKind::kUsage, reason_of(launch) + ", but this build has no MPI",
      "run scripts/setup, which installs OpenMPI (Debian: libopenmpi-dev), and build again");
}

#endif

// A number that two processes share when they may run on the same processors of the same host.
double place_of_process() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  std::string place = host.data();
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(cpu, &set)) place += ' ' + std::to_string(cpu);
    }
  }
  return static_cast<double>(std::hash<std::string>()(place) >> 11);  // a double holds 53 bits
}

}  // namespace

void validate(const DistributedOptions& options) {
  if (options.rank_timeout >= 2 && options.rank_timeout <= 3600) return;
  std::ostringstream message;
  message << "--rank-timeout " << options.rank_timeout << " is out of range";
  throw Error(ErrorKind::kUsage, message.str(), "it must be from 2 to 3600 seconds");
}

Launch launch_of_environment() {
  for (const LauncherVariables& variables : kLaunchers) {
    const auto rank = number_in(variables.rank), size = number_in(variables.size);
    if (rank && size && *rank < *size) return {variables.launcher, *rank, *size};
  }
  return {};
}

std::unique_ptr<Communicator> join_ranks(const DistributedOptions& options, const Launch& launch) {
  validate(options);
  if (launch.size == 1 && !options.mpi) return std::make_unique<Communicator>();
  auto ranks = std::make_unique<Communicator>(load_module(launch), options.rank_timeout);
  if (ranks->size() != launch.size && launch.size > 1) {
    throw Error(ErrorKind::kInternal,
                reason_of(launch) + ", but MPI joined " + std::to_string(ranks->size()),
                "the launcher must belong to the OpenMPI that lingua was built with; with srun: "
                "--mpi=pmix or --mpi=pmi2");
  }
  return ranks;
}

int ranks_on_these_processors(Communicator& ranks) {
  std::vector<double> places(static_cast<std::size_t>(ranks.size()));
  const auto own = static_cast<std::size_t>(ranks.rank());
  places[own] = place_of_process();
  ranks.sum(places);
  return static_cast<int>(std::count(places.begin(), places.end(), places[own]));
}

}  // namespace lingua

#include "cli/lingua_align_ranks.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "model/dtype.h"
#include "support/error.h"
#include "support/interrupt.h"
#include "support/log.h"
#include "support/text.h"

namespace lingua {
namespace {

// Ranks on the same processors would be in each other's way with a thread for each of them.
void share_processors(Communicator& ranks, const CommonOptions& common) {
  const int here = ranks_on_these_processors(ranks);
  if (here == 1 || common.threads_given) return;
  const int threads = set_threads(std::max(1, common.threads / here));
  log_info(format_counted(static_cast<std::size_t>(here), "rank") + " on " +
           format_counted(static_cast<std::size_t>(common.threads), "processor") + ": --threads " +
           std::to_string(threads) + " each");
}

// Errors that all ranks come to alike are told by the first one.
bool is_told_by_first(const Error& error) {
  return error.kind() == ErrorKind::kDiverged ||
         dynamic_cast<const FailedElsewhere*>(&error) != nullptr;
}

}  // namespace

void RankOutput::follow(int rank) {
  if (rank == 0 || error_ >= 0) return;
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) return;
  error_ = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  ::dup2(nowhere, STDOUT_FILENO);
  ::dup2(nowhere, STDERR_FILENO);
  ::close(nowhere);
}

void RankOutput::speak() {
  if (error_ < 0) return;
  ::dup2(error_, STDERR_FILENO);
  ::close(error_);
  error_ = -1;
}

std::string name_of_rank(const std::string& name, int rank) {
  return rank == 0 ? name : name + ", rank " + std::to_string(rank);
}

void run_as_rank(const DistributedOptions& options, const Launch& launch,
                 const CommonOptions& common, RankOutput& output,
                 const std::function<void(Communicator&)>& work) {
  try {
    const auto ranks = join_ranks(options, launch);
    output.follow(ranks->rank());
    if (!ranks->alone()) share_processors(*ranks, common);
    work(*ranks);
    ranks->leave();
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& error) {
    if (!is_told_by_first(error)) output.speak();
    throw;
  } catch (...) {
    output.speak();
    throw;
  }
}

}  // namespace lingua

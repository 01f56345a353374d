#include "train/checkpoint_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "support/error.h"
#include "support/log.h"

namespace lingua {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "ckpt-";
constexpr const char* kLock = ".lock";

std::string name_of(int64_t step) {
  char name[32];
  std::snprintf(name, sizeof name, "%s%08lld", kPrefix.data(), static_cast<long long>(step));
  return name;
}

// The step that a folder is named after, or nothing for another name.
std::optional<int64_t> step_of(const std::string& name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  int64_t step = 0;
  std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), step);
  return name == name_of(step) ? std::optional(step) : std::nullopt;
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

[[noreturn]] void fail(const std::string& folder, int error_number) {
  throw Error(ErrorKind::kModel,
              "cannot use --checkpoint-dir " + folder + ": " + std::strerror(error_number),
              "choose a folder that you may write to");
}

int lock_folder(const std::string& folder) {
  const int lock = ::open((folder + "/" + kLock).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock < 0) fail(folder, errno);
  if (::flock(lock, LOCK_EX | LOCK_NB) == 0) return lock;
  const int cause = errno;
  ::close(lock);
  if (cause != EWOULDBLOCK) fail(folder, cause);
  throw Error(ErrorKind::kUsage, "another process uses --checkpoint-dir " + folder,
              "each run needs a folder of its own");
}

}  // namespace

void validate(const CheckpointOptions& options) {
  const auto require = [](bool holds, const std::string& message, const std::string& hint) {
    if (!holds) throw Error(ErrorKind::kUsage, message, hint);
  };
  require(options.steps >= 0, "--checkpoint-steps is negative", "0 saves by time alone");
  require(options.minutes >= 0, "--checkpoint-minutes is negative", "0 saves by steps alone");
  require(options.keep >= 1, "--keep-checkpoints is less than 1", "2 are safer than one");
  require(!options.resume || !options.folder.empty(), "--resume needs --checkpoint-dir",
          "name the folder that the run wrote its checkpoints to");
  // Without a folder these would be without effect, and nobody would know.
  const CheckpointOptions unset;
  const auto needs_folder = [&](bool is_set, const std::string& option) {
    require(!is_set || !options.folder.empty(), option + " needs --checkpoint-dir",
            "name a folder for the checkpoints");
  };
  needs_folder(options.steps != unset.steps, "--checkpoint-steps");
  needs_folder(options.minutes != unset.minutes, "--checkpoint-minutes");
  needs_folder(options.keep != unset.keep, "--keep-checkpoints");
}

CheckpointFolder::CheckpointFolder(const CheckpointOptions& options) : options_(options) {
  std::error_code failure;
  fs::create_directories(options.folder, failure);
  if (failure) fail(options.folder, failure.value());
  lock_ = lock_folder(options.folder);
  if (!options.resume && !steps().empty()) {
    ::close(lock_);
    throw Error(ErrorKind::kUsage,
                "--checkpoint-dir " + options.folder + " holds checkpoints of an earlier run",
                "--resume goes on from them; a new run needs another folder");
  }
  clear_leftovers();
}

CheckpointFolder::~CheckpointFolder() { ::close(lock_); }

std::string CheckpointFolder::path(int64_t step) const {
  return options_.folder + "/" + name_of(step);
}

std::vector<int64_t> CheckpointFolder::steps() const {
  std::vector<int64_t> steps;
  for (const std::string& name : names_in(options_.folder)) {
    const auto step = step_of(name);
    if (step && is_checkpoint(path(*step))) steps.push_back(*step);
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

// Drafts, and checkpoints whose deletion a kill cut short; nothing that might be another's.
void CheckpointFolder::clear_leftovers() const {
  for (const std::string& name : names_in(options_.folder)) {
    const bool draft = name.starts_with(kPrefix) && name.find(".tmp-") != std::string::npos;
    const std::string folder = options_.folder + "/" + name;
    const bool half_deleted = step_of(name) && !is_checkpoint(folder);
    if ((draft || half_deleted) && holds_checkpoint_files_only(folder)) delete_checkpoint(folder);
  }
}

std::optional<Checkpoint> CheckpointFolder::newest_good() const {
  const auto all = steps();
  std::string first_failure;
  for (auto step = all.rbegin(); step != all.rend(); ++step) {
    try {
      return read_checkpoint(path(*step));
    } catch (const Error& error) {
      if (first_failure.empty()) first_failure = error.what();
      const bool last = step + 1 == all.rend();
      log_warning(error.what() + std::string(last ? "" : "; the checkpoint before it is tried"));
    }
  }
  if (all.empty()) return std::nullopt;
  throw Error(ErrorKind::kModel,
              "no checkpoint of " + options_.folder + " can be read: " + first_failure,
              "start again without --resume, in another folder");
}

void CheckpointFolder::write(int64_t step, const Checkpoint& checkpoint, int64_t best_step) const {
  write_checkpoint(path(step), checkpoint);
  keep(step, best_step);
}

void CheckpointFolder::keep(int64_t step, int64_t best_step) const {
  int64_t kept = 0;
  const auto all = steps();
  for (auto each = all.rbegin(); each != all.rend(); ++each) {
    // Later ones were damaged, or the run would have gone on from them.
    if (*each <= step && ++kept <= options_.keep) continue;
    if (*each != best_step) delete_checkpoint(path(*each));
  }
}

void CheckpointFolder::try_write(int64_t step, const Checkpoint& checkpoint) const {
  const std::string trial = path(step) + ".tmp-trial";
  write_checkpoint(trial, checkpoint);
  delete_checkpoint(trial);
}

}  // namespace lingua

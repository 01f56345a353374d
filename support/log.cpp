#include "support/log.h"

#include <atomic>
#include <cstdio>
#include <mutex>
#include <string>

#include "support/text.h"

namespace lingua {
namespace {

std::atomic<bool> is_quiet{false};
std::mutex stderr_mutex;
bool has_live_line = false;  // guarded by stderr_mutex

constexpr std::string_view kWipeLine = "\r\x1b[K";

void write_locked(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

void log_line(std::string_view prefix, std::string_view message) noexcept {
  try {
    const std::string line = std::string(prefix) + printable(message, true) + "\n";
    const std::lock_guard lock(stderr_mutex);
    if (has_live_line) write_locked(kWipeLine);
    has_live_line = false;
    write_locked(line);
  } catch (...) {
    // Out of memory for a message: the work goes on without it.
  }
}

}  // namespace

void log_info(std::string_view message) {
  if (!quiet()) log_line("lingua: ", message);
}

void log_warning(std::string_view message) { log_line("lingua: warning: ", message); }

void set_quiet(bool quiet) { is_quiet = quiet; }

bool quiet() { return is_quiet; }

void write_to_stderr(std::string_view text, bool live) {
  const std::lock_guard lock(stderr_mutex);
  write_locked(text);
  has_live_line = live;
}

}  // namespace lingua

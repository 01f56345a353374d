#include "cli/results.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "support/error.h"
#include "support/interrupt.h"

namespace lingua {
namespace {

[[noreturn]] void fail(int error_number) {
  if (error_number == EPIPE) throw Interrupted{SIGPIPE};
  throw Error(ErrorKind::kData,
              std::string("cannot write to standard output: ") + std::strerror(error_number),
              error_number == ENOSPC ? "free space where the output goes" : "");
}

}  // namespace

void write_result(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) fail(errno);
}

void flush_results() {
  if (std::fflush(stdout) != 0) fail(errno);
}

}  // namespace lingua

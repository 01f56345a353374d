#include "cli/failure.h"

#include <c10/util/Exception.h>

#include <csignal>
#include <new>

#include "support/error.h"
#include "support/interrupt.h"
#include "support/log.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr const char* kReportIt = "this is a defect; please report it with the command line";

int say(const std::string& command, const std::string& message, const std::string& hint,
        int exit_code) {
  std::string text = command + ": error: " + printable(message, true) + "\n";
  if (!hint.empty()) text += "hint: " + printable(hint) + "\n";
  write_to_stderr(text, false);
  return exit_code;
}

int say_internal(const std::string& command, const std::string& text) {
  const auto first_line = text.substr(0, text.find('\n'));
  // libtorch has no exception type of its own for this.
  if (first_line.find("allocate memory") != std::string::npos) throw std::bad_alloc();
  return say(command, "internal: " + first_line, kReportIt, 1);
}

int report_interrupt(const std::string& command, int signal) {
  // A reader that closed the pipe has what it wanted.
  if (signal != SIGPIPE) {
    write_to_stderr(command + ": interrupted by signal " + std::to_string(signal) + "\n", false);
  }
  return 128 + signal;
}

int report(const std::string& command) {
  try {
    throw;
  } catch (const Error& error) {
    return say(
        command, error.what(),
        error.hint().empty() && error.kind() == ErrorKind::kInternal ? kReportIt : error.hint(),
        error.exit_code());
  } catch (const Interrupted& interrupted) {
    return report_interrupt(command, interrupted.signal);
  } catch (const c10::Error& error) {
    return say_internal(command, error.what_without_backtrace());
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    return say_internal(command, error.what());
  } catch (...) {
    return say_internal(command, "an exception of unknown type");
  }
}

}  // namespace

int report_failure(const std::string& command) {
  try {
    return report(command);
  } catch (const std::bad_alloc&) {
    return say(command, "out of memory", "give it less at a time or more memory", 1);
  }
}

}  // namespace lingua

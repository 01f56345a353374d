#pragma once

#include <stdexcept>
#include <string>

namespace lingua {

// The closed list of failures. The value is the exit code of every command.
enum class ErrorKind {
  kInternal = 1,   // a defect of lingua or of a library below it
  kUsage = 2,      // options that contradict each other or are out of range
  kData = 3,       // a data file or a prompt cannot be used
  kModel = 4,      // a model or checkpoint file cannot be read or written
  kDiverged = 5,   // training left the finite numbers
  kRegressed = 6,  // a measured gain fell below its baseline
};

// What every library function throws. `what()` says what is wrong, with which value, and where
// (`file:line` for text); `hint()` says how to mend it and may be empty.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message, std::string hint = "")
      : std::runtime_error(message), kind_(kind), hint_(std::move(hint)) {}

  ErrorKind kind() const { return kind_; }
  int exit_code() const { return static_cast<int>(kind_); }
  const std::string& hint() const { return hint_; }

 private:
  ErrorKind kind_;
  std::string hint_;
};

}  // namespace lingua

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace lingua {

struct RunOptions {
  std::string input = {};                               // on standard input
  std::map<std::string, std::string> environment = {};  // set for the program besides ours
  std::string output = {};            // standard output goes to this path; "": captured
  bool reader_gone = false;           // standard output is a pipe that nobody reads
  std::uint64_t most_file_bytes = 0;  // files cannot grow beyond it; 0: no limit
  // Standard input stays open until this text appears on standard output or error; then the program
  // gets `signal`. "": it reads to the end of the input and no signal is sent.
  std::string signal_after = {};
  int signal_after_ms = -1;  // the program gets `signal` after so many milliseconds; below 0: none
  std::function<bool()> signal_when = {};  // the program gets `signal` once this is true
  int signal = 2;
};

struct RunResult {
  int exit_code = -1;  // -1 when a signal killed the program
  int killed_by = 0;   // that signal
  std::string out;     // standard output
  std::string err;     // standard error
  std::string first_line() const { return err.substr(0, err.find('\n')); }
};

// Runs one of our programs, such as "lingua-score", and waits for it. Throws std::runtime_error
// when it cannot be started or does not end within twelve minutes.
RunResult run_binary(const std::string& name, const std::vector<std::string>& arguments,
                     const RunOptions& options = {});

}  // namespace lingua

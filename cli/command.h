#pragma once

#include <functional>
#include <string>

#include "cli/option_table.h"
#include "cli/results.h"

// The frame of every command.
//
// To add lingua-x:
//   1. cli/lingua_x_options.h and .cpp: `void declare_x_options(OptionTable&, XOptions&)`, the
//      table of its options, each bound to a field of XOptions (a plain struct of the subsystem,
//      whose initial values are the defaults that --help shows), and `void validate(const
//      XOptions&)`, which throws Error(kUsage) for values that are out of range or contradict each
//      other. Nothing slow happens before validation.
//   2. cli/lingua_x.cpp: the main, which fills in a Command and returns run_command(...).
//      CMakeLists.txt makes a program of it as soon as it exists.
// Inside run(): results go through write_result() (cli/results.h), everything else to standard
// error; failures are thrown as Error, and loops call throw_if_interrupted().
//
//   int main(int argc, char** argv) {
//     lingua::XOptions options;
//     return lingua::run_command(argc, argv, {
//         .name = "lingua-x",
//         .summary = "does x to a model",
//         .usage = "lingua-x --model MODEL [FILE...]",
//         .example = "lingua-x --model aligned.pt notes.txt",
//         .declare = [&](lingua::OptionTable& table) { declare_x_options(table, options); },
//         .validate = [&] { validate(options); },
//         .run = [&](const lingua::CommonOptions& common) { return run_x(options, common); }});
//   }
namespace lingua {

// What every command takes besides its own options (and --help, --version, --config,
// --dump-config). Threads are already set when run() is called.
struct CommonOptions {
  int threads = 0;             // of libtorch; in run() the number that was set
  bool threads_given = false;  // not the default; in run() only
  bool quiet = false;          // no progress and no notes on standard error; errors still appear
};

struct Command {
  std::string name;     // "lingua-x"
  std::string summary;  // what it does, one line
  std::string usage;    // "lingua-x --model MODEL [FILE...]"
  std::string example;  // command lines that work, one a line
  std::function<void(OptionTable&)> declare;
  std::function<void()> validate;
  std::function<int(const CommonOptions&)> run;  // returns the exit code
};

// Parses, validates, runs; returns the process's exit code. Never throws.
// Exit codes: the list in support/error.h, 128 + n for signal n (13 when the reader of standard
// output has gone).
int run_command(int argc, char** argv, const Command& command);

// Throws Error(kUsage) "--name is missing" when `value` is empty.
void require_option(const std::string& value, const std::string& name, const std::string& hint);

}  // namespace lingua

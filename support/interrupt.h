#pragma once

namespace lingua {

// Thrown by throw_if_interrupted() so that stacks unwind and temporary files disappear.
// The command's exit code is 128 + signal.
struct Interrupted {
  int signal;
};

// Catches SIGINT and SIGTERM: the first only sets a flag, a second one ends the process at once
// with 128 + signal. Also ignores SIGPIPE and SIGXFSZ, so that a closed pipe and a file
// over its size limit are ordinary write errors.
void install_signal_handlers();

// The caught signal, or 0.
int interrupted();

// Throws Interrupted when a signal was caught. Call it between units of work of under a second.
void throw_if_interrupted();

}  // namespace lingua

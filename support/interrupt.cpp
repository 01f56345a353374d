#include "support/interrupt.h"

#include <unistd.h>

#include <csignal>

namespace lingua {
namespace {

volatile std::sig_atomic_t caught_signal = 0;

// Async-signal-safe: touches one sig_atomic_t and calls nothing but _exit.
void on_signal(int signal) {
  if (caught_signal != 0) _exit(128 + signal);
  caught_signal = signal;
}

}  // namespace

void install_signal_handlers() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, nullptr);
  sigaction(SIGXFSZ, &action, nullptr);
}

int interrupted() { return caught_signal; }

void throw_if_interrupted() {
  if (const int signal = caught_signal; signal != 0) throw Interrupted{signal};
}

}  // namespace lingua

#pragma once

#include <functional>

namespace lingua::testing {

// What happens at one of the calls that change files: write, fsync, rename, unlink and the making
// of temporaries. A program with fault_injection.cpp in it has all of these go through it.
struct Fault {
  int at = 0;           // the call that it happens at, from 1; 0: never
  int error = 0;        // the call fails with this errno; 0: the process is killed by SIGKILL
  bool partly = false;  // a write puts half of its bytes first
};

// Runs `action` under `fault`. Returns the number of such calls that were made.
int with_fault(const Fault& fault, const std::function<void()>& action);

// Runs `action` under `fault` in a process of its own. Returns the signal that killed it, 0 when
// it came to its end.
int killed_with_fault(const Fault& fault, const std::function<void()>& action);

}  // namespace lingua::testing

#include "tests/train/fault_injection.h"

#include <dlfcn.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <stdexcept>

namespace {

using lingua::testing::Fault;

Fault fault;
bool armed = false;
int calls = 0;

// The errno that the present call is to fail with; nothing where it is to go on.
std::optional<int> count_call() {
  if (!armed || ++calls != fault.at) return std::nullopt;
  if (fault.error != 0) return fault.error;
  ::kill(::getpid(), SIGKILL);
  std::abort();
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

// Counts the call, then makes it or fails in its place.
template <class Function, class... Arguments>
auto pass(Function* real, Arguments... arguments) -> decltype(real(arguments...)) {
  if (const auto error = count_call()) {
    errno = *error;
    return decltype(real(arguments...))(-1);
  }
  return real(arguments...);
}

}  // namespace

// These stand before libc's for the whole program, libstdc++ included.
extern "C" {

ssize_t write(int descriptor, const void* bytes, std::size_t size) {
  static auto* const real = next<ssize_t(int, const void*, std::size_t)>("write");
  if (armed && fault.partly && calls + 1 == fault.at) real(descriptor, bytes, size / 2);
  return pass(real, descriptor, bytes, size);
}

int fsync(int descriptor) {
  static auto* const real = next<int(int)>("fsync");
  return pass(real, descriptor);
}

int rename(const char* from, const char* to) noexcept {
  static auto* const real = next<int(const char*, const char*)>("rename");
  return pass(real, from, to);
}

int unlink(const char* path) noexcept {
  static auto* const real = next<int(const char*)>("unlink");
  return pass(real, path);
}

int unlinkat(int folder, const char* path, int flags) noexcept {
  static auto* const real = next<int(int, const char*, int)>("unlinkat");
  return pass(real, folder, path, flags);
}

int remove(const char* path) noexcept {
  static auto* const real = next<int(const char*)>("remove");
  return pass(real, path);
}

int mkostemp(char* pattern, int flags) {
  static auto* const real = next<int(char*, int)>("mkostemp");
  return pass(real, pattern, flags);
}

char* mkdtemp(char* pattern) noexcept {
  static auto* const real = next<char*(char*)>("mkdtemp");
  if (const auto error = count_call()) {
    errno = *error;
    return nullptr;
  }
  return real(pattern);
}

}  // extern "C"

namespace lingua::testing {

int with_fault(const Fault& wanted, const std::function<void()>& action) {
  fault = wanted;
  calls = 0;
  armed = true;
  try {
    action();
  } catch (...) {
    armed = false;
    throw;
  }
  armed = false;
  return calls;
}

int killed_with_fault(const Fault& wanted, const std::function<void()>& action) {
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child == 0) {
    with_fault(wanted, action);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace lingua::testing

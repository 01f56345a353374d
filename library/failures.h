#pragma once

#include <lingua/compress.h>

#include <exception>
#include <new>

#include "support/error.h"

namespace lingua {

inline FailureKind failure_kind(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
      return FailureKind::kUsage;
    case ErrorKind::kData:
      return FailureKind::kData;
    case ErrorKind::kModel:
      return FailureKind::kModel;
    case ErrorKind::kInternal:
    case ErrorKind::kDiverged:
    case ErrorKind::kRegressed:
      break;
  }
  return FailureKind::kInternal;
}

// Runs `work` and returns what it does; what it throws becomes a Failure, but for std::bad_alloc.
template <typename Work>
auto with_failures(const Work& work) {
  try {
    return work();
  } catch (const Failure&) {
    throw;
  } catch (const Error& error) {
    throw Failure(failure_kind(error.kind()), error.what(), error.hint());
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    const std::string text = error.what();  // libtorch's have a stack trace behind the first line
    throw Failure(FailureKind::kInternal, text.substr(0, text.find('\n')),
                  "this is a defect; please report it");
  }
}

}  // namespace lingua

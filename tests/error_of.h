#pragma once

#include <functional>
#include <optional>

#include "support/error.h"

namespace lingua {

// The Error that `action` throws, or nothing when it throws none.
inline std::optional<Error> error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

}  // namespace lingua

#include "tests/paths.h"

namespace lingua {

std::string bin_dir() { return LINGUA_BIN_DIR; }

std::string source_dir() { return LINGUA_SOURCE_DIR; }

}  // namespace lingua

#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace lingua {

// Indices of the contexts by the normalised compression distance between question and context, the
// nearest first, equal ones in the order given, with gzip at its best level. Throws std::bad_alloc
// where zlib finds no memory.
std::vector<std::size_t> rank_by_gzip(const std::vector<std::string>& contexts,
                                      const std::string& question);

}  // namespace lingua

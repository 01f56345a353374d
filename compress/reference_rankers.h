#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace lingua {

// The reference's rankers that need no model: indices of the contexts, the best first, equal ones
// in the order given.

// BM25 (Okapi, k1 = 1.5, b = 0.75) of the question's words in each context, cut at single spaces.
// A word in more than half of the contexts weighs a quarter of the mean weight of all words, as in
// the package rank_bm25.
std::vector<std::size_t> rank_by_bm25(const std::vector<std::string>& contexts,
                                      const std::string& question);

// Normalised compression distance between question and context, the nearest first, with gzip at its
// best level. Throws std::bad_alloc where zlib finds no memory.
std::vector<std::size_t> rank_by_gzip(const std::vector<std::string>& contexts,
                                      const std::string& question);

}  // namespace lingua

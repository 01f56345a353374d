#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace lingua {

// The reference's rankers that need no model: indices of the contexts, the best first, equal ones
// in the order given.

// How much a word counts that n of N contexts have.
enum class WordWeights {
  // log((N - n + 1/2) / (n + 1/2)), and a quarter of the mean weight where that is below 0, as in
  // the
  // package rank_bm25: of two contexts, a word that only one has counts nothing.
  kReference,
  kPositive,  // log(1 + (N - n + 1/2) / (n + 1/2))
};

// BM25 (Okapi, k1 = 1.5, b = 0.75) of the question's words in each context, cut at single spaces.
std::vector<std::size_t> rank_by_bm25(const std::vector<std::string>& contexts,
                                      const std::string& question, WordWeights weights);

// Normalised compression distance between question and context, the nearest first, with gzip at its
// best level. Throws std::bad_alloc where zlib finds no memory.
std::vector<std::size_t> rank_by_gzip(const std::vector<std::string>& contexts,
                                      const std::string& question);

}  // namespace lingua

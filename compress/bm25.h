#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace lingua {

// How much a word counts that n of N contexts have.
enum class WordWeights {
  // log((N - n + 1/2) / (n + 1/2)), and a quarter of the mean weight where that is below 0, as in
  // the package rank_bm25: of two contexts, a word that only one has counts nothing.
  kReference,
  kPositive,  // log(1 + (N - n + 1/2) / (n + 1/2))
};

// Indices of the contexts by BM25 (Okapi, k1 = 1.5, b = 0.75) of the question's words in each, cut
// at single spaces: the best first, equal ones in the order given.
std::vector<std::size_t> rank_by_bm25(const std::vector<std::string>& contexts,
                                      const std::string& question, WordWeights weights);

}  // namespace lingua

#include "compress/bm25.h"

#include <cmath>
#include <map>
#include <numeric>

#include "compress/least_first.h"

namespace lingua {
namespace {

constexpr double kSaturation = 1.5;     // k1
constexpr double kLengthWeight = 0.75;  // b
constexpr double kFloor = 0.25;         // of the mean weight, for words of most contexts

// Between single spaces, as Python's split(" "): two spaces have an empty word between them.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::size_t begin = 0;
  for (auto end = text.find(' '); end != std::string::npos; end = text.find(' ', begin)) {
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  words.push_back(text.substr(begin));
  return words;
}

class Bm25 {
 public:
  Bm25(const std::vector<std::string>& contexts, WordWeights weights) {
    std::vector<std::string> order;  // of the words' first appearance, in which weights are added
    for (const auto& context : contexts) {
      auto& counts = counts_.emplace_back();
      const auto words = words_of(context);
      lengths_.push_back(static_cast<double>(words.size()));
      for (const auto& word : words) {
        if (counts[word]++ == 0 && weights_[word]++ == 0) order.push_back(word);
      }
    }
    mean_length_ = std::accumulate(lengths_.begin(), lengths_.end(), 0.0) /
                   static_cast<double>(lengths_.size());
    if (weights == WordWeights::kReference) {
      weigh_like_reference(order);
    } else {
      weigh();
    }
  }

  double score(std::size_t context, const std::vector<std::string>& query) const {
    double sum = 0;
    for (const auto& word : query) {
      const auto weight = weights_.find(word);
      const auto count = counts_[context].find(word);
      if (weight == weights_.end() || count == counts_[context].end()) continue;
      const double length = 1 - kLengthWeight + kLengthWeight * lengths_[context] / mean_length_;
      sum += weight->second *
             (count->second * (kSaturation + 1) / (count->second + kSaturation * length));
    }
    return sum;
  }

 private:
  // Makes weights of the numbers of contexts that have a word.
  void weigh() {
    const auto contexts = static_cast<double>(lengths_.size());
    for (auto& [word, weight] : weights_) {
      weight = std::log1p((contexts - weight + 0.5) / (weight + 0.5));
    }
  }

  void weigh_like_reference(const std::vector<std::string>& order) {
    const auto contexts = static_cast<double>(lengths_.size());
    double sum = 0;
    for (const auto& word : order) {
      double& weight = weights_[word];
      weight = std::log(contexts - weight + 0.5) - std::log(weight + 0.5);
      sum += weight;
    }
    const double floor = kFloor * (sum / static_cast<double>(order.size()));
    for (auto& [word, weight] : weights_) {
      if (weight < 0) weight = floor;
    }
  }

  std::vector<std::map<std::string, double>> counts_;  // of each word, by context
  std::map<std::string, double> weights_;              // inverse document frequencies
  std::vector<double> lengths_;                        // words, by context
  double mean_length_ = 0;
};

}  // namespace

std::vector<std::size_t> rank_by_bm25(const std::vector<std::string>& contexts,
                                      const std::string& question, WordWeights weights) {
  const Bm25 index(contexts, weights);
  const auto query = words_of(question);
  std::vector<double> scores;
  for (std::size_t i = 0; i < contexts.size(); ++i) scores.push_back(-index.score(i, query));
  return least_first(scores);
}

}  // namespace lingua

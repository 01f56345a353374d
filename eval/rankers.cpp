#include "eval/rankers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <random>
#include <string>
#include <string_view>

#include "compress/demonstrations.h"
#include "compress/single_pass.h"
#include "compress/words.h"

namespace lingua {
namespace {

// English words that join phrases and are none themselves.
constexpr std::array<std::string_view, 60> kFunctionWords = {
    "a",    "about", "after", "all",   "also", "an",   "and",  "are",   "as",  "at",
    "be",   "been",  "but",   "by",    "can",  "did",  "do",   "does",  "for", "from",
    "had",  "has",   "have",  "he",    "her",  "his",  "how",  "if",    "in",  "into",
    "is",   "it",    "its",   "not",   "of",   "on",   "or",   "she",   "so",  "than",
    "that", "the",   "their", "then",  "they", "this", "to",   "was",   "we",  "were",
    "what", "when",  "which", "while", "who",  "will", "with", "would", "you", "your"};

// All units are candidates; forced ones are kept.
Ranking open_ranking(const Layout& layout) {
  Ranking ranking(layout.units.size());
  ranking.candidate.assign(layout.units.size(), true);
  ranking.kept = forced_units(layout);
  return ranking;
}

// The unit without the white space around it, in lower case.
std::string word_of(const Layout& layout, const Unit& unit) {
  std::string word = layout.text.substr(unit.bytes.begin, unit.bytes.end - unit.bytes.begin);
  const auto first = word.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return "";
  word = word.substr(first, word.find_last_not_of(" \t\r\n") + 1 - first);
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return word;
}

bool joins_phrase(const std::string& word) {
  return !word.empty() && continues_word(word, 0) &&
         !std::binary_search(kFunctionWords.begin(), kFunctionWords.end(), word);
}

// The end of the phrase that begins at unit `begin`.
std::size_t phrase_end(const Layout& layout, std::size_t begin) {
  std::size_t end = begin + 1;
  if (!joins_phrase(word_of(layout, layout.units[begin]))) return end;
  while (end < layout.units.size() && layout.units[end].part == layout.units[begin].part &&
         joins_phrase(word_of(layout, layout.units[end]))) {
    ++end;
  }
  return end;
}

// Contexts first to last as they are to be kept.
std::vector<std::size_t> parts_by_loss(const Layout& layout, const std::vector<float>& losses) {
  std::vector<std::size_t> order;
  for (std::size_t part = 0; part < layout.parts.size(); ++part) {
    if (layout.parts[part].kind == PartKind::kContext) order.push_back(part);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return losses[a] > losses[b]; });
  return order;
}

}  // namespace

Ranker random_units(uint64_t seed) {
  return [seed](const Layout& layout) {
    Ranking ranking = open_ranking(layout);
    std::mt19937_64 random(seed);
    for (float& margin : ranking.margin) margin = static_cast<float>(random() >> 40);
    return ranking;
  };
}

Ranker first_units() {
  return [](const Layout& layout) {
    Ranking ranking = open_ranking(layout);
    for (std::size_t i = 0; i < ranking.margin.size(); ++i) {
      ranking.margin[i] = -static_cast<float>(i);
    }
    return ranking;
  };
}

Ranker whole_contexts(const LanguageModel& model) {
  return [&model](const Layout& layout) {
    Ranking ranking = open_ranking(layout);
    const auto losses = mean_losses_of_parts(layout, losses_of_contexts(layout, model));
    float margin = 0;
    for (const std::size_t part : parts_by_loss(layout, losses)) {
      for (std::size_t i = layout.parts[part].first_unit; i < layout.parts[part].end_unit; ++i) {
        ranking.margin[i] = --margin;
      }
    }
    return ranking;
  };
}

Ranker selective_context(const LanguageModel& model) {
  return [&model](const Layout& layout) {
    Ranking ranking = open_ranking(layout);
    const auto losses = score_once(layout, model);
    for (std::size_t begin = 0; begin < layout.units.size();) {
      const std::size_t end = phrase_end(layout, begin);
      double sum = 0;
      int count = 0;
      for (std::size_t i = layout.units[begin].first_token; i < layout.units[end - 1].end_token;
           ++i) {
        if (!std::isfinite(losses[i])) continue;
        sum += losses[i];
        ++count;
      }
      const auto mean = static_cast<float>(count == 0 ? 0 : sum / count);
      std::fill(ranking.margin.begin() + static_cast<std::ptrdiff_t>(begin),
                ranking.margin.begin() + static_cast<std::ptrdiff_t>(end), mean);
      begin = end;
    }
    return ranking;
  };
}

}  // namespace lingua

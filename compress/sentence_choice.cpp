#include "compress/sentence_choice.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compress/sentences.h"

namespace lingua {
namespace {

struct Sentence {
  std::size_t part = 0;
  std::vector<std::size_t> units;
  double tokens = 0;
  double score = 0;  // mean; infinite where no token has one
};

std::vector<Sentence> sentences_of(const Layout& layout, const std::vector<bool>& candidates) {
  const auto numbers = sentences_of_units(layout);
  std::vector<Sentence> sentences;
  for (std::size_t unit = 0; unit < layout.units.size(); ++unit) {
    const std::size_t part = layout.units[unit].part;
    if (!candidates[unit] || layout.parts[part].kind != PartKind::kContext) continue;
    const bool same = !sentences.empty() && numbers[sentences.back().units.back()] == numbers[unit];
    if (!same) sentences.push_back({part, {}, 0, 0});
    sentences.back().units.push_back(unit);
    sentences.back().tokens += static_cast<double>(layout.units[unit].tokens());
  }
  return sentences;
}

void set_scores(std::vector<Sentence>& sentences, const Layout& layout,
                const std::vector<float>& scores) {
  for (auto& sentence : sentences) {
    double sum = 0;
    std::size_t count = 0;
    for (const std::size_t unit : sentence.units) {
      for (auto i = layout.units[unit].first_token; i < layout.units[unit].end_token; ++i) {
        if (!std::isfinite(scores[i])) continue;
        sum += scores[i];
        ++count;
      }
    }
    sentence.score =
        count == 0 ? std::numeric_limits<double>::infinity() : sum / static_cast<double>(count);
  }
}

// Flags of those that stay: the best of each part, then the best of all while `room` lasts.
std::vector<bool> chosen(const std::vector<Sentence>& sentences, std::size_t of_each, double room) {
  std::vector<std::size_t> order(sentences.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return sentences[a].score > sentences[b].score;
  });
  std::vector<bool> stays(sentences.size(), false);
  std::vector<std::size_t> of_part(sentences.empty() ? 0 : sentences.back().part + 1, 0);
  const auto take = [&](std::size_t i) {
    stays[i] = true;
    room -= sentences[i].tokens;
  };
  for (const std::size_t i : order) {
    if (of_part[sentences[i].part]++ < of_each) take(i);
  }
  bool any = of_each > 0;
  for (const std::size_t i : order) {
    if (stays[i]) continue;
    if (any && sentences[i].tokens > room) break;
    take(i);
    any = true;
  }
  return stays;
}

}  // namespace

std::vector<bool> choose_sentences(const Layout& layout, const CompressOptions& options,
                                   const std::function<std::vector<float>()>& token_scores,
                                   ContextChoice& choice) {
  std::vector<bool> candidates;
  for (const Unit& unit : layout.units) candidates.push_back(choice.kept_parts[unit.part]);
  if (!has_sentence_level(options) || !options.token_level) return candidates;
  auto sentences = sentences_of(layout, candidates);
  double all = 0;
  for (const auto& sentence : sentences) all += sentence.tokens;
  const double room = choice.rates.demonstrations * all;
  const double most = options.sentence_granularity.value_or(kSentenceGranularity) * room;
  if (most >= all) return candidates;
  set_scores(sentences, layout, token_scores());
  const auto stays = chosen(sentences, static_cast<std::size_t>(options.keep_sentences), most);
  double left = 0;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    if (stays[i]) left += sentences[i].tokens;
    for (const std::size_t unit : sentences[i].units) candidates[unit] = stays[i];
  }
  choice.rates.demonstrations = std::min(1.0, room / left);
  return candidates;
}

}  // namespace lingua

#include "compress/token_fates.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "support/error.h"

namespace lingua {
namespace {

constexpr PartKind kKinds[] = {PartKind::kInstruction, PartKind::kContext, PartKind::kQuestion};

// Between the `kept` greatest of `scores` and the others; at the end scores where one side is
// empty.
float dividing_score(std::vector<float> scores, std::size_t kept) {
  std::sort(scores.begin(), scores.end(), std::greater<>());
  if (kept == 0) return std::nextafter(scores.front(), std::numeric_limits<float>::infinity());
  if (kept == scores.size()) return scores.back();
  return (scores[kept - 1] + scores[kept]) / 2;
}

// The thresholds of the mode, and the dividing scores of the other units that competed.
std::vector<float> thresholds(const Layout& layout, const Ranking& ranking,
                              const std::vector<bool>& kept) {
  std::vector<float> result = ranking.threshold;
  for (const PartKind kind : kKinds) {
    std::vector<std::size_t> units;
    std::vector<float> scores;
    std::size_t kept_units = 0;
    for (std::size_t i = 0; i < layout.units.size(); ++i) {
      const Unit& unit = layout.units[i];
      const bool competed = !unit.forced && ranking.candidate[i] && std::isnan(result[i]) &&
                            !std::isnan(ranking.score[i]) && layout.parts[unit.part].kind == kind;
      if (!competed) continue;
      units.push_back(i);
      scores.push_back(ranking.score[i]);
      kept_units += kept[i] ? 1 : 0;
    }
    if (units.empty()) continue;
    const float threshold = dividing_score(std::move(scores), kept_units);
    for (const std::size_t unit : units) result[unit] = threshold;
  }
  return result;
}

Fate fate_of(const Unit& unit, bool candidate, bool kept, float score, float threshold) {
  if (unit.forced) return Fate::kForced;
  if (!candidate && !kept) return Fate::kDroppedWhole;
  const bool below = score < threshold;  // false where there is none
  if (kept) return below ? Fate::kFilled : Fate::kKept;
  return below || std::isnan(threshold) ? Fate::kDropped : Fate::kNoRoom;
}

class Listing {
 public:
  Listing(const Layout& layout, const Ranking& ranking, const std::vector<bool>& kept,
          const std::vector<ByteRange>& ranges)
      : layout_(layout),
        ranking_(ranking),
        kept_(kept),
        ranges_(ranges),
        thresholds_(thresholds(layout, ranking, kept)) {}

  std::vector<TokenFate> run() {
    for (std::size_t part = 0; part < layout_.parts.size(); ++part) {
      for (auto i = layout_.parts[part].first_unit; i < layout_.parts[part].end_unit; ++i) unit(i);
      separator(part);
    }
    return std::move(tokens_);
  }

 private:
  void unit(std::size_t i) {
    const Unit& unit = layout_.units[i];
    TokenFate entry;
    entry.part = unit.part;
    entry.score = unit.forced ? kNotScored : ranking_.score[i];
    entry.threshold = unit.forced ? kNotScored : thresholds_[i];
    entry.fate = fate_of(unit, ranking_.candidate[i], kept_[i], entry.score, entry.threshold);
    for (std::size_t token = unit.first_token; token < unit.end_token; ++token) {
      append(entry, token, unit.bytes);
    }
    next_token_ = unit.end_token;
  }

  void separator(std::size_t part) {
    const ByteRange bytes = layout_.separator(part);
    if (bytes.begin == bytes.end) return;
    while (range_ < ranges_.size() && ranges_[range_].end <= bytes.begin) ++range_;
    const bool stays = range_ < ranges_.size() && ranges_[range_].begin <= bytes.begin;
    TokenFate entry;
    entry.part = part;
    entry.score = entry.threshold = kNotScored;
    entry.fate = !stays                                 ? Fate::kDropped
                 : layout_.parts[part].forced_separator ? Fate::kForced
                                                        : Fate::kKept;
    const auto& all = layout_.encoding.ranges;
    std::size_t token = next_token_ == 0 ? 0 : next_token_ - 1;  // it may reach over the end
    for (; token < all.size() && all[token].begin < bytes.end; ++token) {
      if (all[token].end > bytes.begin) append(entry, token, bytes);
    }
  }

  // The part of a token that lies within `bytes`.
  void append(TokenFate entry, std::size_t token, const ByteRange& bytes) {
    const ByteRange& whole = layout_.encoding.ranges[token];
    entry.bytes.begin = std::max(whole.begin, bytes.begin);
    entry.bytes.end = std::min(whole.end, bytes.end);
    if (entry.bytes.begin > entry.bytes.end) return;
    if (entry.bytes.begin == entry.bytes.end && whole.begin < whole.end) return;
    entry.id = layout_.encoding.ids[token];
    entry.loss = ranking_.token_loss.empty() ? kNotScored : ranking_.token_loss[token];
    entry.given = ranking_.token_given.empty() ? kNotScored : ranking_.token_given[token];
    tokens_.push_back(entry);
  }

  const Layout& layout_;
  const Ranking& ranking_;
  const std::vector<bool>& kept_;
  const std::vector<ByteRange>& ranges_;
  std::vector<float> thresholds_;
  std::vector<TokenFate> tokens_;
  std::size_t next_token_ = 0;  // the first one that no unit so far has
  std::size_t range_ = 0;       // the first of `ranges_` that may still matter
};

}  // namespace

const char* fate_name(Fate fate) {
  switch (fate) {
    case Fate::kForced:
      return "forced";
    case Fate::kKept:
      return "kept";
    case Fate::kFilled:
      return "filled";
    case Fate::kDropped:
      return "dropped";
    case Fate::kNoRoom:
      return "no_room";
    case Fate::kDroppedWhole:
      return "dropped_whole";
  }
  throw Error(ErrorKind::kInternal, "a fate without a name");
}

bool is_kept(Fate fate) {
  return fate == Fate::kForced || fate == Fate::kKept || fate == Fate::kFilled;
}

std::vector<TokenFate> token_fates(const Layout& layout, const Ranking& ranking,
                                   const std::vector<bool>& kept,
                                   const std::vector<ByteRange>& ranges) {
  return Listing(layout, ranking, kept, ranges).run();
}

}  // namespace lingua

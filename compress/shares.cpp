#include "compress/shares.h"

#include <algorithm>
#include <cmath>

namespace lingua {
namespace {

// Taken from the margin of what a share has no room for: above any difference of losses, small
// enough to leave their order in a float.
constexpr float kBeyondShare = 1e3f;

// Added to the margin of what has to be the last to go: above all that a mode gives.
constexpr float kAheadOfAll = 1e5f;

// The units that begin in each span.
std::vector<std::vector<std::size_t>> units_of_spans(const Layout& layout) {
  std::vector<std::vector<std::size_t>> units(layout.spans.size());
  std::size_t span = 0;
  for (std::size_t unit = 0; unit < layout.units.size(); ++unit) {
    const std::size_t begin = layout.units[unit].bytes.begin;
    while (span < units.size() && layout.spans[span].bytes.end <= begin) ++span;
    if (span < units.size() && layout.spans[span].bytes.begin <= begin) units[span].push_back(unit);
  }
  return units;
}

}  // namespace

void keep_share(const Layout& layout, const std::vector<std::size_t>& units, double rate,
                Ranking& ranking) {
  std::vector<std::size_t> order;
  double room = 0;
  for (const std::size_t unit : units) {
    const auto tokens = static_cast<double>(layout.units[unit].tokens());
    room += tokens * rate;
    if (layout.units[unit].forced) {
      room -= tokens;
    } else {
      order.push_back(unit);
    }
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return ranking.margin[a] > ranking.margin[b];
  });
  for (const std::size_t unit : order) {
    const auto tokens = static_cast<double>(layout.units[unit].tokens());
    const bool stays = rate > 0 && tokens / 2 <= room;
    ranking.candidate[unit] = rate > 0;
    ranking.kept[unit] = stays;
    if (stays) {
      room -= tokens;
    } else {
      ranking.margin[unit] -= kBeyondShare;
    }
  }
}

void keep_shares_of_spans(const Layout& layout, Ranking& ranking) {
  const auto units = units_of_spans(layout);
  for (std::size_t span = 0; span < units.size(); ++span) {
    keep_share(layout, units[span], layout.spans[span].rate, ranking);
  }
}

void keep_some_of_parts(const Layout& layout, const std::vector<bool>& parts, std::size_t count,
                        Ranking& ranking) {
  for (std::size_t p = 0; p < layout.parts.size(); ++p) {
    if (!parts[p]) continue;
    std::vector<std::size_t> free;
    std::size_t missing = count;
    for (auto unit = layout.parts[p].first_unit; unit < layout.parts[p].end_unit; ++unit) {
      if (!layout.units[unit].forced) {
        free.push_back(unit);
      } else if (missing > 0) {
        --missing;
      }
    }
    std::stable_sort(free.begin(), free.end(), [&](std::size_t a, std::size_t b) {
      return ranking.margin[a] > ranking.margin[b];
    });
    for (std::size_t i = 0; i < std::min(missing, free.size()); ++i) {
      ranking.candidate[free[i]] = true;
      ranking.kept[free[i]] = true;
      ranking.margin[free[i]] += kAheadOfAll;
    }
  }
}

void free_spans(Layout& layout) {
  for (const auto& units : units_of_spans(layout)) {
    for (const std::size_t unit : units) layout.units[unit].forced = false;
  }
}

int64_t tokens_of_shares(const Layout& layout, double rate, int64_t origin_tokens) {
  std::vector<double> rates(layout.units.size(), rate);
  const auto units = units_of_spans(layout);
  for (std::size_t span = 0; span < units.size(); ++span) {
    for (const std::size_t unit : units[span]) rates[unit] = layout.spans[span].rate;
  }
  double saved = 0;
  for (std::size_t unit = 0; unit < layout.units.size(); ++unit) {
    const auto tokens = static_cast<double>(layout.units[unit].tokens());
    if (!layout.units[unit].forced) saved += tokens * (1 - rates[unit]);
  }
  const auto all = static_cast<double>(origin_tokens);
  const double share = layout.tokens() == 0 ? 0 : saved / static_cast<double>(layout.tokens());
  return std::max<int64_t>(1, std::llround(all * (1 - share)));
}

}  // namespace lingua

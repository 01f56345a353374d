#include "compress/reference_schedule.h"

#include <algorithm>
#include <numeric>

namespace lingua {
namespace {

constexpr int64_t kBreak = 2;  // tokens of a blank line, as the reference counts them

}  // namespace

RateSchedule rate_schedule(const std::vector<int64_t>& lengths, const std::vector<double>& deltas,
                           double target, int64_t segment, bool first_short) {
  const auto contexts = static_cast<int64_t>(lengths.size());
  const auto total = std::accumulate(lengths.begin(), lengths.end(), kBreak * contexts + 1);
  const double tau = target / static_cast<double>(total);
  RateSchedule schedule;
  std::vector<RatedRun> open;
  int64_t filled = first_short ? 1 : 0;  // of the open segment
  for (std::size_t context = 0; context < lengths.size(); ++context) {
    const double rate = std::max(std::min(1.0, tau + deltas[context]), 0.0);
    int64_t left = lengths[context] + kBreak;
    if (filled + left < segment) {
      filled += left;
      open.push_back({left, rate});
      continue;
    }
    open.push_back({segment - filled, rate});
    schedule.push_back(std::move(open));
    left -= segment - filled;
    // A rest of exactly one segment stays open, one of exactly two does not.
    const int64_t whole = left > segment ? left / segment : 0;
    schedule.insert(schedule.end(), static_cast<std::size_t>(whole), {{segment, rate}});
    left -= whole * segment;
    open.clear();
    if (left > 0) open.push_back({left, rate});
    filled = left;
  }
  if (!open.empty()) schedule.push_back(std::move(open));
  return schedule;
}

}  // namespace lingua

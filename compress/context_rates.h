#pragma once

#include <cstddef>
#include <vector>

namespace lingua {

// Dynamic ratios (LongLLMLingua, arXiv 2310.06839, section 4.3): the share that remains of each of
// several contexts, `order` of which, the most wanted first, says where they stand. Shares fall in
// equal steps from `spread` above the middle to `spread` below it, within [0, 1]; the middle is
// such that `room` tokens remain of all `lengths` together, as far as there is one.
std::vector<double> rates_by_rank(const std::vector<double>& lengths,
                                  const std::vector<std::size_t>& order, double room,
                                  double spread);

}  // namespace lingua

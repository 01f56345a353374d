#include "train/distributed_step.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "train/distributed_agreement.h"

namespace lingua {

std::vector<std::size_t> own_micro_batches(const Step& step, int rank, int ranks) {
  const auto& batches = step.micro_batches;
  std::vector<std::size_t> order(batches.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (ranks == 1) return order;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return batches[a].ids.size() > batches[b].ids.size();
  });
  std::vector<std::size_t> tokens(static_cast<std::size_t>(ranks));
  std::vector<std::size_t> own;
  for (const std::size_t index : order) {
    const auto least = std::min_element(tokens.begin(), tokens.end());
    *least += batches[index].ids.size();
    if (least - tokens.begin() == rank) own.push_back(index);
  }
  std::sort(own.begin(), own.end());
  return own;
}

void sum_over_ranks(Communicator& ranks, StepSums& sums) {
  if (ranks.alone()) return;
  MicroBatchLoss& loss = sums.loss;
  LossParts& parts = loss.parts;
  const auto count = [](int64_t value) { return static_cast<double>(value); };
  std::array<double, 9> values = {
      loss.nats,         count(loss.targets), parts.cross_entropy,        parts.recorded,
      parts.teacher,     count(parts.rows),   count(parts.recorded_rows), count(parts.teacher_rows),
      count(sums.tokens)};
  ranks.sum(values);
  const auto whole = [&values](std::size_t i) { return static_cast<int64_t>(values[i]); };
  loss.nats = values[0];
  loss.targets = whole(1);
  parts = {values[2], values[3], values[4], whole(5), whole(6), whole(7)};
  sums.tokens = whole(8);
  sums.signal = interrupted_anywhere(ranks, sums.signal);
}

}  // namespace lingua

#include "train/predictions.h"

#include <ATen/ATen.h>

namespace lingua {

Predictions predictions_of(const MicroBatch& batch) {
  std::vector<int64_t> rows, targets;
  std::vector<TokenPlace> places;
  std::size_t begin = 0;
  for (std::size_t s = 0; s < batch.lengths.size(); ++s) {
    const auto length = static_cast<std::size_t>(batch.lengths[s]);
    for (std::size_t i = 1; i < length; ++i) {
      if (batch.target[begin + i] == 0) continue;
      rows.push_back(static_cast<int64_t>(begin + i) - 1);
      targets.push_back(batch.ids[begin + i]);
      places.push_back({batch.samples[s], i});
    }
    begin += length;
  }
  return {at::tensor(rows, at::kLong), at::tensor(targets, at::kLong), std::move(places)};
}

}  // namespace lingua

#include "train/averaged_weights.h"

#include <algorithm>

namespace lingua {

AveragedWeights::AveragedWeights(FlatParameters& parameters, const at::Tensor& average)
    : parameters_(parameters), average_(average) {
  exchange();
}

AveragedWeights::~AveragedWeights() { exchange(); }

void AveragedWeights::exchange() {
  if (!average_.defined()) return;
  const at::Tensor master = parameters_.state().master;
  float* const first = master.mutable_data_ptr<float>();
  std::swap_ranges(first, first + master.numel(), average_.mutable_data_ptr<float>());
  parameters_.refresh();
}

}  // namespace lingua

#include "train/averaged_weights.h"

#include <algorithm>
#include <exception>

#include "support/error.h"

namespace lingua {

AveragedWeights::AveragedWeights(FlatParameters& parameters, const at::Tensor& average)
    : exceptions_(std::uncaught_exceptions()), parameters_(parameters), average_(average) {
  exchange();
  if (average_.defined()) parameters_.refresh();
}

AveragedWeights::~AveragedWeights() {
  exchange();
  if (!average_.defined() || std::uncaught_exceptions() != exceptions_) return;
  try {
    parameters_.refresh();
  } catch (const Error&) {
    // A rank is gone; whoever waits for it next says so.
  }
}

void AveragedWeights::exchange() {
  if (!average_.defined()) return;
  const at::Tensor master = parameters_.state().master;
  float* const first = master.mutable_data_ptr<float>();
  std::swap_ranges(first, first + master.numel(), average_.mutable_data_ptr<float>());
}

}  // namespace lingua

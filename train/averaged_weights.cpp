#include "train/averaged_weights.h"

#include <exception>

#include "support/error.h"
#include "train/flat_math.h"

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
  lingua::exchange(parameters_.state().master, average_);
}

}  // namespace lingua

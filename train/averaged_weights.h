#pragma once

#include <ATen/core/Tensor.h>

#include "train/flat_parameters.h"

namespace lingua {

// While it lives, `parameters` and the decoder bound to them hold the weights of `average` (as
// parameters.state().master) instead of the trained ones, which wait in `average`; afterwards all
// is as it was, bit by bit. Where it ends by an exception the decoder waits for
// parameters.refresh(), in which all ranks take part. An undefined `average` changes nothing.
class AveragedWeights {
 public:
  AveragedWeights(FlatParameters& parameters, const at::Tensor& average);
  ~AveragedWeights();
  AveragedWeights(const AveragedWeights&) = delete;
  AveragedWeights& operator=(const AveragedWeights&) = delete;

 private:
  void exchange();

  const int exceptions_;
  FlatParameters& parameters_;
  at::Tensor average_;
};

}  // namespace lingua

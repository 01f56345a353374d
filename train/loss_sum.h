#pragma once

#include <ATen/core/Tensor.h>

namespace lingua {

// A sum of losses in nats. What a GPU adds to it stays there until somebody reads it, since that
// waits for all that the GPU was told to do before.
class LossSum {
 public:
  LossSum(double nats = 0) : known_(nats) {}

  // losses: of any shape, summed up in double precision.
  explicit LossSum(const at::Tensor& losses);

  LossSum& operator+=(const LossSum& other);
  LossSum times(double factor) const;

  // Reads it once; from then on it is known.
  double read();
  operator double() const { return LossSum(*this).read(); }

 private:
  double known_ = 0;
  at::Tensor pending_;  // [] double, on its device; or undefined
};

}  // namespace lingua

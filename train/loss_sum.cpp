#include "train/loss_sum.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace lingua {

LossSum::LossSum(const at::Tensor& losses) {
  const at::NoGradGuard no_gradient;
  pending_ = losses.sum(at::kDouble);
  if (losses.is_cpu()) read();
}

LossSum& LossSum::operator+=(const LossSum& other) {
  known_ += other.known_;
  if (!other.pending_.defined()) return *this;
  pending_ = pending_.defined() ? pending_ + other.pending_ : other.pending_;
  return *this;
}

LossSum LossSum::times(double factor) const {
  LossSum result(factor * known_);
  if (pending_.defined()) result.pending_ = pending_ * factor;
  return result;
}

double LossSum::read() {
  if (pending_.defined()) known_ += pending_.item<double>();
  pending_.reset();
  return known_;
}

}  // namespace lingua

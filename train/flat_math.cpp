#include "train/flat_math.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "model/parallel_parts.h"
#include "model/tensor_data.h"

namespace lingua {
namespace {

constexpr int64_t kBlock = 1 << 16;  // elements a thread takes at a time

bool is_same_memory(const at::Tensor& a, const at::Tensor& b) {
  return a.const_data_ptr() == b.const_data_ptr();
}

void copy_block(const at::Tensor& master, const at::Tensor& weights, int64_t begin, int64_t end) {
  if (is_same_memory(master, weights)) return;
  const float* const from = elements<float>(master);
  if (weights.scalar_type() == at::kBFloat16) {
    kernels::to_bf16(from + begin, elements<kernels::Bf16>(weights) + begin, end - begin);
  } else {
    std::copy(from + begin, from + end, elements<float>(weights) + begin);
  }
}

// As kernels::adamw().
void adamw_on_device(const FlatPart& part, const kernels::AdamStep& step) {
  const double rate = step.learning_rate / step.correction1;
  const auto gradient = part.gradient * step.gradient_scale;
  auto master = part.master, moment1 = part.moment1, moment2 = part.moment2;
  moment1.lerp_(gradient, 1.0 - step.beta1);
  moment2.mul_(step.beta2).addcmul_(gradient, gradient, 1.0 - step.beta2);
  const auto spread = (moment2 / step.correction2).sqrt_().add_(step.eps);
  master.mul_(1.0 - step.learning_rate * step.weight_decay).addcdiv_(moment1, spread, -rate);
}

}  // namespace

void adamw(const FlatPart& part, const kernels::AdamStep& step) {
  if (!part.master.is_cpu()) {
    const at::NoGradGuard no_gradient;
    adamw_on_device(part, step);
    return copy_rounded(part.master, part.weights);
  }
  for_blocks(part.master.numel(), kBlock, [&](int64_t begin, int64_t end) {
    const auto at = [begin](const at::Tensor& buffer) { return elements<float>(buffer) + begin; };
    kernels::adamw(at(part.master), at(part.moment1), at(part.moment2), at(part.gradient),
                   end - begin, step);
    copy_block(part.master, part.weights, begin, end);
  });
}

void copy_rounded(const at::Tensor& master, const at::Tensor& weights) {
  if (is_same_memory(master, weights)) return;
  if (!master.is_cpu()) {
    const at::NoGradGuard no_gradient;
    auto to = weights;
    to.copy_(master);
    return;
  }
  for_blocks(master.numel(), kBlock,
             [&](int64_t begin, int64_t end) { copy_block(master, weights, begin, end); });
}

double sum_of_squares(const at::Tensor& flat) {
  if (!flat.is_cpu()) {
    const double norm = flat.norm(2, at::kDouble).item<double>();
    return norm * norm;
  }
  const int64_t count = flat.numel();
  const float* const values = elements<float>(flat);
  std::vector<double> sums(static_cast<std::size_t>(blocks_of(count, kBlock)));
  for_blocks(count, kBlock, [&](int64_t begin, int64_t end) {
    sums[static_cast<std::size_t>(begin / kBlock)] =
        kernels::sum_of_squares(values + begin, end - begin);
  });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

void exchange(const at::Tensor& a, const at::Tensor& b) {
  if (a.is_cpu()) {
    float* const first = elements<float>(a);
    std::swap_ranges(first, first + a.numel(), elements<float>(b));
    return;
  }
  const auto kept = a.clone();
  a.copy_(b);
  b.copy_(kept);
}

}  // namespace lingua

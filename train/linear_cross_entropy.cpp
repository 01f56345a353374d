#include "train/linear_cross_entropy.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "model/kernels.h"
#include "model/tensor_data.h"

namespace lingua {
namespace {

// Rows whose logits exist at a time. Each block adds once to the whole head gradient (V H
// numbers), so small blocks are bound by memory; [512, 49152] bfloat16 is 50 MB.
constexpr int64_t kBlockRows = 512;

// Turns logits ([rows, V]) into d loss / d logits in place and returns the loss.
double to_gradient(at::Tensor& logits, const at::Tensor& targets) {
  const int64_t rows = logits.size(0), vocab = logits.size(1);
  if (!logits.is_cpu()) {
    const auto log_p = logits.to(at::kFloat).log_softmax(-1);
    const auto picked = targets.unsqueeze(-1);
    const double loss = -log_p.gather(-1, picked).sum().item<double>();
    auto gradient = log_p.exp();
    gradient.scatter_add_(-1, picked, at::full_like(picked, -1, gradient.options()));
    logits = gradient.to(logits.scalar_type());
    return loss;
  }
  auto losses = at::empty({rows}, at::kFloat);
  dispatch_float(logits.scalar_type(), [&]<class T>(T) {
    at::parallel_for(0, rows, 1, [&](int64_t begin, int64_t end) {
      kernels::cross_entropy_gradient(
          elements<T>(logits) + begin * vocab, targets.const_data_ptr<int64_t>() + begin,
          losses.mutable_data_ptr<float>() + begin, end - begin, vocab, 1.0f);
    });
  });
  return losses.sum(at::kDouble).item<double>();
}

}  // namespace

LinearCrossEntropy linear_cross_entropy(const at::Tensor& hidden, const at::Tensor& head,
                                        const at::Tensor& targets, at::Tensor head_gradient) {
  const at::NoGradGuard no_gradient;
  const int64_t count = hidden.size(0);
  LinearCrossEntropy result{0, at::empty_like(hidden)};
  for (int64_t begin = 0; begin < count; begin += kBlockRows) {
    const int64_t rows = std::min(kBlockRows, count - begin);
    const auto block = hidden.narrow(0, begin, rows);
    auto logits = at::linear(block, head);  // [rows, V]
    result.loss += to_gradient(logits, targets.narrow(0, begin, rows));
    auto into = result.hidden_gradient.narrow(0, begin, rows);
    at::mm_out(into, logits, head);
    if (!head_gradient.defined()) continue;
    if (head_gradient.scalar_type() == logits.scalar_type()) {
      head_gradient.addmm_(logits.t(), block);
    } else {
      head_gradient.add_(at::mm(logits.t(), block));
    }
  }
  return result;
}

}  // namespace lingua

#pragma once

#include <ATen/core/Tensor.h>

namespace lingua {

struct LinearCrossEntropy {
  double loss = 0;             // sum over rows, nats
  at::Tensor hidden_gradient;  // [N, H], d loss / d hidden, in hidden's dtype
};

// Cross-entropy of softmax(hidden head^T) against `targets`, with both gradients in the same pass:
// logits exist for a block of rows only and turn into their own gradient in place.
// hidden: [N, H]; head: [V, H] in the same dtype; targets: [N] int64; the gradient of the head is
// added to `head_gradient` ([V, H] float32; undefined: the head is frozen).
LinearCrossEntropy linear_cross_entropy(const at::Tensor& hidden, const at::Tensor& head,
                                        const at::Tensor& targets, at::Tensor head_gradient);

}  // namespace lingua

#pragma once

#include <ATen/core/Tensor.h>

#include <functional>

namespace lingua {

// Takes the loss of some rows from their logits ([rows, V], those of the rows from `begin` on) and
// turns the logits into d loss / d logits in place.
using LogitsLoss = std::function<void(at::Tensor& logits, int64_t begin)>;

// A loss on the logits `hidden` head^T, with both gradients in the same pass: logits exist for a
// block of rows only. hidden: [N, H]; head: [V, H] in the same dtype; the gradient of the head is
// added to `head_gradient` ([V, H] float32; undefined: the head is frozen). Returns the gradient
// by `hidden`, [N, H] in its dtype.
at::Tensor linear_loss(const at::Tensor& hidden, const at::Tensor& head,
                       const at::Tensor& head_gradient, const LogitsLoss& loss);

}  // namespace lingua

#pragma once

#include <ATen/core/Tensor.h>

#include <functional>

namespace lingua {

// Takes the loss of some rows from their logits ([rows, V], those of the rows from `begin` on) and
// turns the logits into d loss / d logits in place.
using LogitsLoss = std::function<void(at::Tensor& logits, int64_t begin)>;

struct LossHead {
  at::Tensor weight;    // [V, H]
  at::Tensor gradient;  // [V, H] float32, added to; undefined: the head is frozen
  // The weight and its transpose as tile_linear() reads them; undefined: laid out in each call.
  at::Tensor tiles = {}, transposed_tiles = {};
};

// A loss on the logits `hidden` head^T, with both gradients in the same pass: logits exist for a
// block of rows only. hidden: [N, H], of the head's dtype. Returns the gradient by `hidden`, [N, H]
// in its dtype.
at::Tensor linear_loss(const at::Tensor& hidden, const LossHead& head, const LogitsLoss& loss);

}  // namespace lingua

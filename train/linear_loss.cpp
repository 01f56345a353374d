#include "train/linear_loss.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "model/row_product.h"
#include "model/tile_linear.h"
#include "model/weight_gradient.h"

namespace lingua {
namespace {

// Rows whose logits exist at a time. Each block adds once to the whole head gradient (V H
// numbers), so small blocks are bound by memory; [512, 49152] bfloat16 is 50 MB. A GPU waits once
// for the loss of each.
int64_t block_rows(const at::Device& device) { return device.is_cpu() ? 512 : 2048; }

}  // namespace

at::Tensor linear_loss(const at::Tensor& hidden, const LossHead& head, const LogitsLoss& loss) {
  const at::NoGradGuard no_gradient;
  const int64_t count = hidden.size(0);
  const auto& weight = head.weight;
  const bool by_tiles = suits_tiles(hidden, weight);
  auto tiles = head.tiles, transposed_tiles = head.transposed_tiles;
  if (by_tiles && !tiles.defined()) {
    tiles = weight_tiles(weight);
    transposed_tiles = transposed_weight_tiles(weight);
  }
  auto hidden_gradient = at::empty_like(hidden);
  const int64_t most = block_rows(hidden.device());
  for (int64_t begin = 0; begin < count; begin += most) {
    const int64_t rows = std::min(most, count - begin);
    const auto block = hidden.narrow(0, begin, rows);
    auto logits = by_tiles ? tile_linear({{block, tiles}}, {}, {}, weight.size(0))
                           : linear_product(block, weight);  // [rows, V]
    loss(logits, begin);
    if (by_tiles) {
      hidden_gradient.narrow(0, begin, rows)
          .copy_(tile_linear({{logits, transposed_tiles}}, {}, {}, weight.size(1)));
    } else {
      product_into(hidden_gradient.narrow(0, begin, rows), logits, weight);
    }
    if (head.gradient.defined()) add_weight_gradient(head.gradient, logits, block);
  }
  return hidden_gradient;
}

}  // namespace lingua

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "model/finished_linear.h"
#include "model/projection.h"
#include "model/tensor_data.h"
#include "model/tile_finish.h"
#include "model/tile_linear.h"
#include "model/tile_product.h"

namespace lingua {

namespace {

std::vector<Projection*> frozen_with_adapters(Decoder& decoder) {
  auto chosen = projections(decoder);
  std::erase_if(chosen, [](const Projection* projection) {
    return projection->adapters.empty() || projection->weight.requires_grad();
  });
  return chosen;
}

// A right factor [depth, columns] of the weight's type; pack(weight, first, count, to) lays out
// some columns.
template <class Pack>
at::Tensor laid_out(const at::Tensor& weight, int64_t depth, int64_t columns, Pack pack) {
  at::Tensor packed;
  if (!weight.is_cpu() || depth % tiles::kDepth != 0) return packed;
  dispatch_float(weight.scalar_type(), [&]<class T>(T) {
    if (tiles::product<T>() == nullptr) return;
    // Products take panels in pairs: the second half of a gate of an odd number of them ends with
    // one that is read, to no effect, after the last.
    packed =
        at::empty({tiles::packed_size(depth, columns) + depth * tiles::kPanel}, weight.options());
    const int64_t panels = tiles::padded(columns, tiles::kColumns) / tiles::kColumns;
    at::parallel_for(0, panels, 1, [&](int64_t begin, int64_t end) {
      const int64_t first = begin * tiles::kColumns;
      pack(static_cast<const T*>(elements<T>(weight)), first,
           std::min(end * tiles::kColumns, columns) - first, elements<T>(packed) + first * depth);
    });
  });
  return packed;
}

}  // namespace

at::Tensor weight_tiles(const at::Tensor& weight) {
  const int64_t out = weight.size(0), in = weight.size(1);
  return laid_out(weight, in, out, [=](const auto* from, int64_t first, int64_t count, auto* to) {
    tiles::pack_transposed(from + first * in, in, count, in, to);
  });
}

at::Tensor transposed_weight_tiles(const at::Tensor& weight) {
  const int64_t out = weight.size(0), in = weight.size(1);
  return laid_out(weight, out, in, [=](const auto* from, int64_t first, int64_t count, auto* to) {
    tiles::pack(from + first, in, out, count, to);
  });
}

bool suits_tiles(const at::Tensor& x, const at::Tensor& weight) {
  constexpr int64_t kLeastRows = 64;
  return x.is_cpu() && can_finish_linear(x) && x.size(0) >= kLeastRows &&
         weight.size(0) % tiles::kDepth == 0 && weight.size(1) % tiles::kDepth == 0;
}

void lay_out_tiles(Decoder& decoder) {
  // In float32 libtorch's products, their rows shared out, are a little faster on a Sapphire
  // Rapids, and a little slower on a Zen 4 (docs/speed.md). In bfloat16 oneDNN lays the weights out
  // in each call.
  if (decoder.dtype() == at::kBFloat16) {
    for (Projection* projection : projections(decoder)) {
      if (!projection->int8) projection->tiles = weight_tiles(projection->weight);
    }
  }
  decoder.head_tiles = weight_tiles(decoder.head);
}

void lay_out_frozen_tiles(Decoder& decoder) {
  if (decoder.dtype() != at::kBFloat16) return;
  const auto frozen = frozen_with_adapters(decoder);
  for (Projection* projection : frozen) {
    projection->tiles = weight_tiles(projection->weight);
    projection->transposed_tiles = transposed_weight_tiles(projection->weight);
  }
  if (frozen.empty()) return;
  decoder.head_tiles = weight_tiles(decoder.head);
  decoder.transposed_head_tiles = transposed_weight_tiles(decoder.head);
}

int64_t frozen_tile_bytes(Decoder& decoder, at::ScalarType dtype) {
  if (dtype != at::kBFloat16 || tiles::product<kernels::Bf16>() == nullptr) return 0;
  int64_t weights = 0;
  for (const Projection* projection : frozen_with_adapters(decoder)) {
    weights += projection->weight.numel();
  }
  return 2 * 2 * weights;
}

int64_t head_tile_bytes(const Decoder& decoder, at::ScalarType dtype) {
  const bool laid_out = dtype == at::kBFloat16 && tiles::product<kernels::Bf16>() != nullptr;
  return laid_out ? 2 * 2 * decoder.head.numel() : 0;
}

}  // namespace lingua

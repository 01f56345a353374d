#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <limits>

#include "model/tensor_data.h"
#include "model/tile_linear.h"
#include "model/tile_product.h"

namespace lingua {
namespace {

// The best of a few runs, in seconds; the first one sets up threads and code.
template <class Run>
double best_seconds(const Run& run) {
  using Clock = std::chrono::steady_clock;
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 6; ++i) {
    const auto start = Clock::now();
    run();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

bool tiles_are_faster(const at::Tensor& weight, const at::Tensor& tiles) {
  const c10::InferenceMode inference;
  const int64_t out = weight.size(0);
  const auto x = at::ones({256, weight.size(1)}, weight.options());
  return best_seconds([&] { tile_linear(x, tiles, {}, {}, out); }) <
         best_seconds([&] { at::linear(x, weight); });
}

}  // namespace

at::Tensor weight_tiles(const at::Tensor& weight) {
  const int64_t out = weight.size(0), in = weight.size(1);
  at::Tensor packed;
  if (!weight.is_cpu() || in % tiles::kDepth != 0) return packed;
  dispatch_float(weight.scalar_type(), [&]<class T>(T) {
    if (tiles::product<T>() == nullptr) return;
    packed = at::empty({tiles::packed_size(in, out)}, weight.options());
    const int64_t panels = tiles::padded(out, tiles::kColumns) / tiles::kColumns;
    at::parallel_for(0, panels, 1, [&](int64_t begin, int64_t end) {
      const int64_t first = begin * tiles::kColumns * in;
      const int64_t rows = std::min(end * tiles::kColumns, out) - begin * tiles::kColumns;
      tiles::pack_transposed(elements<T>(weight) + first, in, rows, in,
                             elements<T>(packed) + first);
    });
  });
  return packed;
}

void lay_out_tiles(Decoder& decoder) {
  if (decoder.layers.empty()) return;
  const at::Tensor& widest = decoder.layers.front().gate_up.weight;
  const auto tiles = weight_tiles(widest);
  if (!tiles.defined() || !tiles_are_faster(widest, tiles)) return;
  for (LayerWeights& layer : decoder.layers) {
    for (Projection* projection : {&layer.qkv, &layer.output, &layer.gate_up, &layer.down}) {
      projection->tiles = weight_tiles(projection->weight);
    }
  }
  decoder.head_tiles = weight_tiles(decoder.head);
}

}  // namespace lingua

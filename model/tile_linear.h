#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "model/decoder.h"

namespace lingua {

// Gives a decoder that will not change any more its weights a second time, laid out for
// tile_linear(), in bfloat16, and tile_losses(), where this processor has products of ours. Not by
// a measurement: the same machine gives the same losses every time.
void lay_out_tiles(Decoder& decoder);

// The same, both ways, for the projections that adapters are trained on and for the head above
// them, which stay as they are.
void lay_out_frozen_tiles(Decoder& decoder);

// Bytes that it takes where the decoder will run in `dtype`.
int64_t frozen_tile_bytes(Decoder& decoder, at::ScalarType dtype);

// Bytes that the head takes laid out both ways, which it is while a micro-batch's losses are
// computed.
int64_t head_tile_bytes(const Decoder& decoder, at::ScalarType dtype);

// Lays out weight [out, in] as tiles, [packed size]; undefined where this processor has no fast
// product for its type or `in` is no multiple of 32.
at::Tensor weight_tiles(const at::Tensor& weight);

// The same of weight^T, for products with the weight itself; `out` is then the multiple of 32.
at::Tensor transposed_weight_tiles(const at::Tensor& weight);

// Whether products of x with a weight [out, in] that changes from step to step are faster by tiles.
bool suits_tiles(const at::Tensor& x, const at::Tensor& weight);

// Whether `tiles` can be used for x: there are some, this thread is in inference mode, and x lies
// on the processor.
bool can_use_tiles(const at::Tensor& tiles, const at::Tensor& x);

// A product x weight^T of x [T, in] and a weight [out, in], which is there as tiles. One that
// changes from step to step may be there as itself where suits_tiles(x, weight): its columns are
// laid out by who multiplies with them, and stay in its cache.
struct TileTerm {
  at::Tensor x;
  at::Tensor tiles = {};
  at::Tensor weight = {};
  bool transposed = false;  // the weight is [in, out]
};

// The sum of the terms + bias + added, all in bfloat16. bias: [out] or undefined; added: [T, out]
// or undefined; returns [T, out], rounded once. Not differentiable.
at::Tensor tile_linear(const std::vector<TileTerm>& terms, const at::Tensor& bias,
                       const at::Tensor& added, int64_t out);

// silu(x gate^T) * (x up^T) without writing the two products to memory, in bfloat16. x: [T, in];
// the weight is [2 out, in], gate first, and out a multiple of 16; returns [T, out]. Not
// differentiable.
at::Tensor tile_swiglu(const at::Tensor& x, const at::Tensor& tiles, int64_t out);

// Loss in nats of predicting `targets` ([N] int64) from `hidden` ([N, H]), as [N] float32. Logits
// exist for 64 rows by 256 words at a time, in float32, and are never written to memory.
at::Tensor tile_losses(const at::Tensor& hidden, const at::Tensor& tiles, int64_t vocab,
                       const at::Tensor& targets);

}  // namespace lingua

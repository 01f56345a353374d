#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

#include "model/decoder.h"
#include "model/rotary.h"

namespace lingua {

// The angles by which the tokens of a pass are rotated; undefined where positions are learned.
struct RotaryTables {
  RotaryTable global;
  RotaryTable local;  // of layers with a sliding window; undefined where there are none
};

// positions: [T], of the tokens of the pass in their sequences.
RotaryTables rotary_tables(const ModelConfig& config, std::span<const int64_t> positions,
                           const at::Device& device);

// Whether training in this type finishes the MLP's gate as its products are summed up (gated_mlp()
// in projection.h), where nothing is dropped and no bias added.
bool has_gated_mlp(const ModelConfig& config, at::ScalarType dtype);

// One layer: attention and MLP, each added to the residual stream. x: [T, H], the sequences end to
// end; returns [T, H]. Writes the layer's keys and values into the caches of `sequences`, does not
// advance them; beyond that it depends on its arguments alone. Differentiable where no cache is
// given.
at::Tensor layer_forward(const Decoder& decoder, int64_t layer, const at::Tensor& x,
                         const RotaryTables& tables, std::span<const Sequence> sequences,
                         const ForwardOptions& options);

// The same, keeping x only and computing the layer again in the backward pass, until whose end
// `decoder` must stay as it is. No caches.
at::Tensor recomputed_layer_forward(const Decoder& decoder, int64_t layer, const at::Tensor& x,
                                    const RotaryTables& tables, std::span<const Sequence> sequences,
                                    const ForwardOptions& options);

}  // namespace lingua

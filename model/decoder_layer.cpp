#include "model/decoder_layer.h"

#include <ATen/ATen.h>

#include "model/attention.h"
#include "model/family.h"
#include "model/int8_linear.h"
#include "model/layers.h"
#include "model/projection.h"
#include "model/recompute.h"
#include "model/tile_finish.h"
#include "model/tile_linear.h"

namespace lingua {
namespace {

RotaryTable table_on(const at::Device& device, int64_t head_dim, double theta,
                     std::span<const int64_t> positions) {
  const auto table = rotary_table(head_dim, theta, positions);
  return {table.cosine.to(device), table.sine.to(device)};
}

// residual + the projection of x, normalised first where the configuration has a norm there.
at::Tensor add_residual(const ModelConfig& config, const at::Tensor& residual,
                        const Projection& projection, const at::Tensor& x, const Norm& norm,
                        const Dropout& dropout) {
  if (!config.sandwich_norm) return project_onto(residual, projection, x, dropout);
  return residual + normalize(config, norm, project(projection, x, dropout));
}

bool has_swiglu(const ModelConfig& config) {
  return config.activation == Activation::kSilu && config.gated_mlp;
}

// The MLP's inner values, [T, F], from its input.
at::Tensor widened(const ModelConfig& config, const Projection& gate_up, const at::Tensor& x,
                   const Dropout& dropout) {
  if (has_swiglu(config) && config.intermediate_size % tiles::kPanel == 0 &&
      gate_up.adapters.empty() && !gate_up.bias.defined()) {
    if (can_use_int8(gate_up, x)) return int8_swiglu(x, *gate_up.int8);
    if (can_use_tiles(gate_up.tiles, x)) {
      return tile_swiglu(x, gate_up.tiles, config.intermediate_size);
    }
  }
  return activate(config, project(gate_up, x, dropout));
}

// residual + the MLP of x.
at::Tensor add_mlp(const ModelConfig& config, const LayerWeights& w, const at::Tensor& residual,
                   const at::Tensor& x, const Dropout& dropout) {
  if (has_gated_mlp(config, x.scalar_type()) && can_use_gated_mlp(w.gate_up, w.down, x, dropout)) {
    return gated_mlp(residual, w.gate_up, w.down, x);
  }
  const auto inner = widened(config, w.gate_up, x, derived(dropout, 2));
  return add_residual(config, residual, w.down, inner, w.mlp_norm, derived(dropout, 3));
}

// Everything that a layer can be differentiated in; some of it may be undefined.
std::vector<at::Tensor> tensors_of(const LayerWeights& w) {
  std::vector<at::Tensor> tensors;
  for (const Norm* norm :
       {&w.input_norm, &w.query_norm, &w.key_norm, &w.attention_norm, &w.post_norm, &w.mlp_norm}) {
    tensors.insert(tensors.end(), {norm->weight, norm->bias});
  }
  for (const Projection* projection : {&w.qkv, &w.output, &w.gate_up, &w.down}) {
    tensors.insert(tensors.end(), {projection->weight, projection->bias});
    for (const LowRank& adapter : projection->adapters) {
      tensors.insert(tensors.end(), {adapter.a, adapter.b});
    }
  }
  return tensors;
}

}  // namespace

bool has_gated_mlp(const ModelConfig& config, at::ScalarType dtype) {
  return has_swiglu(config) && !config.sandwich_norm && dtype == at::kBFloat16 &&
         tiles::finished_product() != nullptr && config.hidden_size % tiles::kColumns == 0 &&
         config.intermediate_size % tiles::kColumns == 0;
}

RotaryTables rotary_tables(const ModelConfig& config, std::span<const int64_t> positions,
                           const at::Device& device) {
  RotaryTables tables;
  if (config.learned_positions) return tables;
  tables.global = table_on(device, config.head_dim, config.rope_theta, positions);
  if (config.sliding_window > 0) {
    tables.local = table_on(device, config.head_dim, config.local_rope_theta, positions);
  }
  return tables;
}

at::Tensor layer_forward(const Decoder& decoder, int64_t layer, const at::Tensor& x,
                         const RotaryTables& tables, std::span<const Sequence> sequences,
                         const ForwardOptions& options) {
  const ModelConfig& config = decoder.config;
  const LayerWeights& w = decoder.layers[static_cast<std::size_t>(layer)];
  const auto dropout =
      derived({options.adapter_dropout, options.dropout_seed}, static_cast<uint64_t>(layer));
  const auto [residual, normed] = normalize_beside(config, w.input_norm, x);
  const auto qkv = project(w.qkv, normed, derived(dropout, 0));  // [T, (Hq + 2 Hkv) D]
  const auto& table = is_local_layer(config, layer) ? tables.local : tables.global;
  const auto mixed = attention(decoder, layer, qkv, table, sequences);  // [T, Hq D]
  const auto attended =
      add_residual(config, residual, w.output, mixed, w.attention_norm, derived(dropout, 1));
  const auto mlp = normalize_beside(config, w.post_norm, attended);
  return add_mlp(config, w, mlp.residual, mlp.normed, dropout);
}

at::Tensor recomputed_layer_forward(const Decoder& decoder, int64_t layer, const at::Tensor& x,
                                    const RotaryTables& tables, std::span<const Sequence> sequences,
                                    const ForwardOptions& options) {
  const std::vector<Sequence> kept(sequences.begin(), sequences.end());
  return recomputed(x, tensors_of(decoder.layers[static_cast<std::size_t>(layer)]),
                    [=, &decoder](const at::Tensor& input) {
                      return layer_forward(decoder, layer, input, tables, kept, options);
                    });
}

}  // namespace lingua

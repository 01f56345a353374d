#include "model/decoder_layer.h"

#include <ATen/ATen.h>

#include "model/attention.h"
#include "model/family.h"
#include "model/layers.h"
#include "model/projection.h"

namespace lingua {
namespace {

RotaryTable table_on(const at::Device& device, int64_t head_dim, double theta,
                     std::span<const int64_t> positions) {
  const auto table = rotary_table(head_dim, theta, positions);
  return {table.cosine.to(device), table.sine.to(device)};
}

// x + added, the latter normalised where the configuration has a norm there.
at::Tensor add_residual(const ModelConfig& config, const at::Tensor& x, const at::Tensor& added,
                        const Norm& norm) {
  return x + (config.sandwich_norm ? normalize(config, norm, added) : added);
}

}  // namespace

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
                         const ForwardOptions&) {
  const ModelConfig& config = decoder.config;
  const LayerWeights& w = decoder.layers[static_cast<std::size_t>(layer)];
  const auto qkv = project(w.qkv, normalize(config, w.input_norm, x));  // [T, (Hq + 2 Hkv) D]
  const auto& table = is_local_layer(config, layer) ? tables.local : tables.global;
  const auto mixed = attention(decoder, layer, qkv, table, sequences);  // [T, Hq D]
  const auto attended = add_residual(config, x, project(w.output, mixed), w.attention_norm);
  const auto widened = project(w.gate_up, normalize(config, w.post_norm, attended));
  const auto narrowed = project(w.down, activate(config, widened));
  return add_residual(config, attended, narrowed, w.mlp_norm);
}

}  // namespace lingua

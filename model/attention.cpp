#include "model/attention.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "model/causal_attention.h"
#include "model/family.h"
#include "model/layers.h"
#include "model/tile_attention.h"

namespace lingua {
namespace {

// Key and value heads repeated for the query heads that share them: [Hkv, S, D] -> [1, Hq, S, D].
at::Tensor shared_heads(const at::Tensor& heads, int64_t query_heads) {
  const int64_t groups = query_heads / heads.size(0);
  if (groups == 1) return heads.unsqueeze(0);
  return heads.unsqueeze(1)
      .expand({heads.size(0), groups, heads.size(1), heads.size(2)})
      .reshape({1, query_heads, heads.size(1), heads.size(2)});
}

// Which of the tokens `first` to `before + rows` the rows see that follow `before` cached tokens:
// none that comes later, none that lies outside of the window. [rows, before + rows - first].
at::Tensor attention_mask(int64_t rows, int64_t before, int64_t first, const TokenWindow& window,
                          const at::Device& device) {
  const auto options = at::TensorOptions().dtype(at::kLong).device(device);
  const auto row = at::arange(rows, options).unsqueeze(1) + before;
  const auto column = at::arange(first, before + rows, options).unsqueeze(0);
  const auto past = column <= row;
  if (window.recent == 0) return past;
  return past.logical_and((column > row - window.recent).logical_or(column < window.front));
}

// Keys and values that tokens from `first` on see: those of the cache or the prefix, then k and v.
// k, v: [Hkv, T, D], already written to the cache. Returns [Hkv, S, D] each.
std::pair<at::Tensor, at::Tensor> with_past(const at::Tensor& k, const at::Tensor& v,
                                            const Sequence& sequence, int64_t layer,
                                            int64_t first) {
  const int64_t before = sequence.before(), total = before + sequence.length;
  if (sequence.cache != nullptr) {
    return {sequence.cache->keys(layer, total).narrow(1, first, total - first),
            sequence.cache->values(layer, total).narrow(1, first, total - first)};
  }
  const int64_t past = std::max<int64_t>(0, before - first);
  return {at::cat({sequence.prefix->keys(layer, before).narrow(1, before - past, past), k}, 1),
          at::cat({sequence.prefix->values(layer, before).narrow(1, before - past, past), v}, 1)};
}

// q: [T, Hq, D]; k, v: [T, Hkv, D], rotated. Returns [T, Hq, D].
at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                  const Sequence& sequence, const AttentionView& view) {
  const int64_t count = q.size(0), heads = q.size(1);
  const auto queries = q.transpose(0, 1).unsqueeze(0);  // [1, Hq, T, D]
  const int64_t before = sequence.before();
  auto keys = k.transpose(0, 1), values = v.transpose(0, 1);  // [Hkv, S, D]
  std::optional<at::Tensor> mask;
  const auto [recent, front] = view.window;
  if (before > 0 || (recent > 0 && count > recent)) {
    // The oldest token that the first row sees.
    const int64_t first = recent > 0 && front == 0 ? std::max<int64_t>(0, before + 1 - recent) : 0;
    mask = attention_mask(count, before, first, view.window, q.device());
    if (before > 0) std::tie(keys, values) = with_past(keys, values, sequence, view.layer, first);
  }
  const auto mixed = at::scaled_dot_product_attention(
      queries, shared_heads(keys, heads), shared_heads(values, heads), mask, 0.0,
      /*is_causal=*/!mask, view.scale);  // [1, Hq, T, D]
  return mixed.squeeze(0).transpose(0, 1);
}

// The same for sequences laid end to end, one after another.
at::Tensor attend_each(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                       std::span<const Sequence> sequences, const AttentionView& view) {
  std::vector<at::Tensor> mixed;
  int64_t begin = 0;
  for (const Sequence& sequence : sequences) {
    const int64_t count = sequence.length;
    mixed.push_back(attend(q.narrow(0, begin, count), k.narrow(0, begin, count),
                           v.narrow(0, begin, count), sequence, view));
    begin += count;
  }
  return mixed.size() == 1 ? mixed[0] : at::cat(mixed, 0);
}

void write_to_caches(const at::Tensor& k, const at::Tensor& v, std::span<const Sequence> sequences,
                     int64_t layer) {
  int64_t begin = 0;
  for (const Sequence& sequence : sequences) {
    const int64_t count = sequence.length;
    if (sequence.cache != nullptr) {
      sequence.cache->write(layer, k.narrow(0, begin, count), v.narrow(0, begin, count));
    }
    begin += count;
  }
}

// Query and key heads ([T, Hq + Hkv, D]) with their norms.
at::Tensor with_norms(const ModelConfig& config, const LayerWeights& weights,
                      const at::Tensor& heads) {
  const auto normed = [&](int64_t begin, int64_t count, const Norm& norm) {
    const auto part = heads.narrow(1, begin, count);
    return normalize(config, norm, part.reshape({-1, config.head_dim})).view(part.sizes());
  };
  const int64_t query_heads = config.num_attention_heads;
  return at::cat({normed(0, query_heads, weights.query_norm),
                  normed(query_heads, config.num_key_value_heads, weights.key_norm)},
                 1);
}

// Whether causal_attention() can stand for these sequences: each token sees all of its sequence up
// to itself and nothing else, and a gradient may be asked for.
bool is_plain_causal(const at::Tensor& heads, std::span<const Sequence> sequences,
                     const TokenWindow& window) {
  if (c10::InferenceMode::is_enabled() || !heads.is_cpu() ||
      !has_causal_attention(heads.scalar_type(), heads.size(2))) {
    return false;
  }
  return std::all_of(sequences.begin(), sequences.end(), [&window](const Sequence& sequence) {
    return sequence.cache == nullptr && sequence.before() == 0 &&
           (window.recent == 0 || sequence.length <= window.recent);
  });
}

std::vector<int64_t> lengths_of(std::span<const Sequence> sequences) {
  std::vector<int64_t> lengths;
  for (const Sequence& sequence : sequences) lengths.push_back(sequence.length);
  return lengths;
}

// The narrower of the layer's own window and that of the decoder.
TokenWindow window_of(const Decoder& decoder, int64_t layer) {
  const int64_t own = decoder.config.sliding_window, recent = decoder.window.recent;
  const bool is_own = is_local_layer(decoder.config, layer) && (recent == 0 || own <= recent);
  return is_own ? TokenWindow{own, 0} : decoder.window;
}

}  // namespace

at::Tensor attention(const Decoder& decoder, int64_t layer, const at::Tensor& qkv,
                     const RotaryTable& table, std::span<const Sequence> sequences) {
  const ModelConfig& config = decoder.config;
  const int64_t dim = config.head_dim;
  const int64_t query_heads = config.num_attention_heads, kv_heads = config.num_key_value_heads;
  const auto heads = qkv.view({qkv.size(0), query_heads + 2 * kv_heads, dim});  // [T, heads, D]
  const auto v = heads.narrow(1, query_heads + kv_heads, kv_heads);
  auto turned = heads.narrow(1, 0, query_heads + kv_heads);
  if (config.query_key_norm) {
    turned = with_norms(config, decoder.layers[static_cast<std::size_t>(layer)], turned);
  }
  const AttentionView view{
      layer, window_of(decoder, layer),
      config.attention_scale > 0 ? config.attention_scale : 1.0 / std::sqrt(dim)};
  if (is_plain_causal(heads, sequences, view.window)) {
    return causal_attention(config.query_key_norm ? at::cat({turned, v}, 1) : heads, table,
                            {query_heads, kv_heads, dim, view.scale}, lengths_of(sequences));
  }
  if (!config.learned_positions) turned = rotate(turned, table);
  const auto q = turned.narrow(1, 0, query_heads);
  const auto k = turned.narrow(1, query_heads, kv_heads);
  write_to_caches(k, v, sequences, layer);
  if (has_tile_attention(qkv)) return tile_attention(q, k, v, sequences, view);
  const auto joined = attend_each(q, k, v, sequences, view);  // [T, Hq, D]
  return joined.reshape({qkv.size(0), query_heads * dim});
}

}  // namespace lingua

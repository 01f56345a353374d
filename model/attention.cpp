#include "model/attention.h"

#include <ATen/ATen.h>

#include <vector>

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

// Row i of a block that follows `before` cached tokens may look at columns 0 to before + i.
at::Tensor causal_mask(int64_t rows, int64_t before, const at::Device& device) {
  const auto options = at::TensorOptions().dtype(at::kLong).device(device);
  const auto row = at::arange(rows, options).unsqueeze(1) + before;
  return at::arange(before + rows, options).unsqueeze(0) <= row;  // [rows, before + rows]
}

// q: [T, Hq, D]; k, v: [T, Hkv, D], rotated. Returns [T, Hq, D].
at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, KvCache* cache,
                  int64_t layer) {
  const int64_t count = q.size(0), heads = q.size(1);
  const auto queries = q.transpose(0, 1).unsqueeze(0);  // [1, Hq, T, D]
  if (cache != nullptr) cache->write(layer, k, v);
  const int64_t before = cache == nullptr ? 0 : cache->length();
  at::Tensor mixed;  // [1, Hq, T, D]
  if (before == 0) {
    mixed = at::scaled_dot_product_attention(queries, shared_heads(k.transpose(0, 1), heads),
                                             shared_heads(v.transpose(0, 1), heads), {}, 0.0,
                                             /*is_causal=*/true);
  } else {
    const int64_t total = before + count;
    mixed = at::scaled_dot_product_attention(
        queries, shared_heads(cache->keys(layer, total), heads),
        shared_heads(cache->values(layer, total), heads), causal_mask(count, before, q.device()));
  }
  return mixed.squeeze(0).transpose(0, 1);
}

}  // namespace

at::Tensor attention(const ModelConfig& config, const at::Tensor& qkv, const RotaryTable& table,
                     std::span<const Sequence> sequences, int64_t layer) {
  const int64_t dim = config.head_dim;
  const int64_t query_heads = config.num_attention_heads, kv_heads = config.num_key_value_heads;
  const auto heads = qkv.view({qkv.size(0), query_heads + 2 * kv_heads, dim});  // [T, heads, D]
  const auto rotated = rotate(heads.narrow(1, 0, query_heads + kv_heads), table);
  const auto q = rotated.narrow(1, 0, query_heads);
  const auto k = rotated.narrow(1, query_heads, kv_heads);
  const auto v = heads.narrow(1, query_heads + kv_heads, kv_heads);
  std::vector<at::Tensor> mixed;
  int64_t begin = 0;
  for (const Sequence& sequence : sequences) {
    const int64_t count = sequence.length;
    mixed.push_back(attend(q.narrow(0, begin, count), k.narrow(0, begin, count),
                           v.narrow(0, begin, count), sequence.cache, layer));
    begin += count;
  }
  const auto joined = mixed.size() == 1 ? mixed[0] : at::cat(mixed, 0);  // [T, Hq, D]
  return joined.reshape({qkv.size(0), query_heads * dim});
}

}  // namespace lingua

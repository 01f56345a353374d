#include "model/causal_attention.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "model/attention_gradient.h"
#include "model/softmax_gradient.h"
#include "model/tile_attention.h"
#include "model/tile_product.h"

namespace lingua {
namespace {

using kernels::Bf16;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

std::vector<Sequence> sequences_of(const std::vector<int64_t>& lengths) {
  std::vector<Sequence> sequences;
  for (const int64_t length : lengths) sequences.push_back({.length = length});
  return sequences;
}

struct CausalAttention : torch::autograd::Function<CausalAttention> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& heads,
                            const RotaryTable& table, const HeadLayout& layout,
                            const std::vector<int64_t>& lengths) {
    const int64_t tokens = heads.size(0), turning = layout.query_heads + layout.kv_heads;
    auto turned = heads.narrow(1, 0, turning);
    if (table.cosine.defined()) turned = rotate(turned, table);
    const auto log_sums =
        at::empty({tokens, layout.query_heads}, heads.options().dtype(at::kFloat));
    const auto y = tile_attention(turned.narrow(1, 0, layout.query_heads),
                                  turned.narrow(1, layout.query_heads, layout.kv_heads),
                                  heads.narrow(1, turning, layout.kv_heads), sequences_of(lengths),
                                  {.scale = layout.scale}, log_sums);
    context->save_for_backward({turned, heads, y, log_sums, table.cosine, table.sine});
    context->saved_data["query_heads"] = layout.query_heads;
    context->saved_data["kv_heads"] = layout.kv_heads;
    context->saved_data["scale"] = layout.scale;
    context->saved_data["lengths"] = lengths;
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    auto& data = context->saved_data;
    const HeadLayout layout{data["query_heads"].toInt(), data["kv_heads"].toInt(), saved[1].size(2),
                            data["scale"].toDouble()};
    const AttentionPass pass{saved[0],
                             saved[1],
                             saved[2],
                             saved[3],
                             {saved[4], saved[5]},
                             layout,
                             data["lengths"].toIntVector()};
    return {attention_gradient(pass, gradients[0].contiguous()), {}, {}, {}};
  }
};

}  // namespace

bool has_causal_attention(at::ScalarType dtype, int64_t head_dim) {
  return dtype == at::kBFloat16 && head_dim % 32 == 0 && tiles::product<Bf16>() != nullptr &&
         kernels::softmax_gradient() != nullptr;
}

at::Tensor causal_attention(const at::Tensor& heads, const RotaryTable& table,
                            const HeadLayout& layout, const std::vector<int64_t>& lengths) {
  return CausalAttention::apply(heads.contiguous(), table, layout, lengths);
}

}  // namespace lingua

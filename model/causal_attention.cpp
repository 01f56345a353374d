#include "model/causal_attention.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "model/attention_squares.h"
#include "model/matrix_units.h"
#include "model/parallel_parts.h"
#include "model/tensor_data.h"

namespace lingua {
namespace {

using kernels::Bf16;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Rotates the first `count` heads of `from` into `to` (both [T, any, D]), by `direction` +1 or -1;
// copies them where nothing is rotated.
void rotate_heads(const at::Tensor& from, const at::Tensor& to, int64_t count,
                  const RotaryTable& table, float direction) {
  if (!table.cosine.defined()) {
    to.narrow(1, 0, count).copy_(from.narrow(1, 0, count));
    return;
  }
  const int64_t half = from.size(2) / 2;
  at::parallel_for(0, from.size(0), 16, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      kernels::rotate(elements<Bf16>(from) + row * from.stride(0), 0,
                      table.cosine.const_data_ptr<float>() + row * half,
                      table.sine.const_data_ptr<float>() + row * half,
                      elements<Bf16>(to) + row * to.stride(0), 1, count, from.size(2), direction);
    }
  });
}

// Runs work(sequence's first token, its length, key head) for all of them: the longest first, each
// taken by the next thread that is free.
template <class Work>
void for_key_heads(const std::vector<int64_t>& lengths, int64_t kv_heads, const Work& work) {
  struct Span {
    int64_t begin, length;
  };
  std::vector<Span> spans;
  for (const int64_t length : lengths) {
    spans.push_back({spans.empty() ? 0 : spans.back().begin + spans.back().length, length});
  }
  std::stable_sort(spans.begin(), spans.end(),
                   [](const Span& a, const Span& b) { return a.length > b.length; });
  const auto heads = static_cast<std::size_t>(kv_heads);
  for_parts(
      spans.size() * heads,
      [&](std::size_t task) {
        const Span& span = spans[task / heads];
        work(span.begin, span.length, static_cast<int64_t>(task % heads));
      },
      release_matrix_units);
}

struct CausalAttention : torch::autograd::Function<CausalAttention> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& heads,
                            const RotaryTable& table, const HeadLayout& layout,
                            const std::vector<int64_t>& lengths) {
    const int64_t tokens = heads.size(0), turning = layout.query_heads + layout.kv_heads;
    const auto turned = at::empty({tokens, turning, layout.dim}, heads.options());
    rotate_heads(heads, turned, turning, table, 1.0f);
    const auto y = at::empty({tokens, layout.query_heads * layout.dim}, heads.options());
    const auto log_sums =
        at::empty({layout.query_heads, tokens}, heads.options().dtype(at::kFloat));
    for_key_heads(lengths, layout.kv_heads, [&](int64_t begin, int64_t length, int64_t head) {
      attend_squares({turned, heads, y, log_sums, layout, begin, length, head});
    });
    context->save_for_backward({turned, heads, y, log_sums, table.cosine, table.sine});
    context->saved_data["query_heads"] = layout.query_heads;
    context->saved_data["kv_heads"] = layout.kv_heads;
    context->saved_data["scale"] = layout.scale;
    context->saved_data["lengths"] = lengths;
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &turned = saved[0], &heads = saved[1];
    auto& data = context->saved_data;
    const HeadLayout layout{data["query_heads"].toInt(), data["kv_heads"].toInt(), heads.size(2),
                            data["scale"].toDouble()};
    const auto dy = gradients[0].contiguous();
    const auto dturned = at::empty_like(turned), dheads = at::empty_like(heads);
    for_key_heads(data["lengths"].toIntVector(), layout.kv_heads,
                  [&](int64_t begin, int64_t length, int64_t head) {
                    attend_squares_backward(
                        {turned, heads, saved[2], saved[3], layout, begin, length, head}, dy,
                        dturned, dheads);
                  });
    rotate_heads(dturned, dheads, turned.size(1), {saved[4], saved[5]}, -1.0f);
    return {dheads, {}, {}, {}};
  }
};

}  // namespace

bool has_causal_attention(at::ScalarType dtype, int64_t head_dim) {
  return dtype == at::kBFloat16 && head_dim % 32 == 0 && have_matrix_units();
}

at::Tensor causal_attention(const at::Tensor& heads, const RotaryTable& table,
                            const HeadLayout& layout, const std::vector<int64_t>& lengths) {
  return CausalAttention::apply(heads.contiguous(), table, layout, lengths);
}

}  // namespace lingua

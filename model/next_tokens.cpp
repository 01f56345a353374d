#include "model/next_tokens.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "model/divergence.h"

namespace lingua {
namespace {

constexpr int64_t kLikely = 64;
constexpr int64_t kRows = 64;  // of logits at a time

}  // namespace

at::Tensor hidden_rows(const Decoder& decoder, const at::Tensor& ids,
                       std::span<const int64_t> lengths, const at::Tensor& rows) {
  const at::NoGradGuard no_gradient;
  const auto device = decoder.device();
  std::vector<Sequence> sequences;
  for (const int64_t length : lengths) sequences.push_back({length, nullptr});
  return forward(decoder, ids.to(device), sequences).index_select(0, rows.to(device));
}

at::Tensor next_log_probabilities(const at::Tensor& hidden, const at::Tensor& head, int64_t vocab,
                                  double temperature) {
  const at::NoGradGuard no_gradient;
  auto logits = at::linear(hidden, head).to(at::kFloat);
  if (logits.size(1) > vocab) logits = logits.narrow(1, 0, vocab);
  const auto log_p = (logits / temperature).log_softmax(-1);
  if (log_p.size(1) == vocab) return log_p;
  return at::constant_pad_nd(log_p, {0, vocab - log_p.size(1)}, kNeverLog);
}

std::vector<std::vector<TokenMass>> likely_tokens(const at::Tensor& hidden, const at::Tensor& head,
                                                  double temperature) {
  const at::NoGradGuard no_gradient;
  const int64_t total = hidden.size(0), width = std::min(kLikely, head.size(0));
  std::vector<std::vector<TokenMass>> result;
  for (int64_t begin = 0; begin < total; begin += kRows) {
    const auto block = hidden.narrow(0, begin, std::min(kRows, total - begin));
    const auto logits = at::linear(block, head).to(at::kFloat) / temperature;
    const auto [log_mass, ids] = logits.log_softmax(-1).topk(width, -1);  // [rows, K] each
    const auto masses = log_mass.exp().cpu().contiguous();
    const auto tokens = ids.cpu().contiguous();
    const float* mass = masses.const_data_ptr<float>();
    const int64_t* token = tokens.const_data_ptr<int64_t>();
    for (int64_t r = 0; r < block.size(0); ++r, mass += width, token += width) {
      auto& row = result.emplace_back();
      for (int64_t k = 0; k < width; ++k) row.push_back({static_cast<TokenId>(token[k]), mass[k]});
    }
  }
  return result;
}

}  // namespace lingua

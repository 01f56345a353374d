#include "model/agreement.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "model/divergence.h"

namespace lingua {

Agreement& Agreement::operator+=(const Agreement& other) {
  rows += other.rows;
  kl += other.kl;
  top1 += other.top1;
  known_mass += other.known_mass;
  return *this;
}

Agreement mean_of(const Agreement& sums) {
  const auto rows = static_cast<double>(std::max<int64_t>(sums.rows, 1));
  return {sums.rows, sums.kl / rows, sums.top1 / rows, sums.known_mass / rows};
}

void add_choices(const at::Tensor& log_q, std::span<const ChoiceRow> choices, Agreement& sums) {
  if (choices.empty()) return;
  const auto part = choice_divergence(log_q, choices, KlKind::kForward);
  const auto best = log_q.argmax(-1).cpu();
  sums.rows += log_q.size(0);
  sums.kl += part.values.sum(at::kDouble).item<double>();
  for (std::size_t r = 0; r < choices.size(); ++r) {
    const ChoiceRow row = choices[r];
    const auto top = std::max_element(row.begin(), row.end(),
                                      [](const auto& a, const auto& b) { return a.mass < b.mass; });
    sums.top1 += best.const_data_ptr<int64_t>()[r] == top->token ? 1 : 0;
    for (const TokenMass& choice : row) sums.known_mass += choice.mass;
  }
}

void add_distributions(const at::Tensor& log_q, const at::Tensor& log_p, Agreement& sums) {
  const auto part = divergence(log_p, log_q, KlKind::kForward);
  sums.rows += log_q.size(0);
  sums.kl += part.values.sum(at::kDouble).item<double>();
  sums.top1 += log_p.argmax(-1).eq(log_q.argmax(-1)).sum().item<double>();
  sums.known_mass += static_cast<double>(log_q.size(0));
}

}  // namespace lingua

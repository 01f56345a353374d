#include "compress/context_choice.h"

#include <algorithm>

#include "compress/context_rates.h"
#include "compress/demonstrations.h"

namespace lingua {
namespace {

// Tokens by the part in which they begin; a blank line's count to the part before it.
std::vector<double> tokens_of_parts(const Layout& layout) {
  std::vector<double> tokens(layout.parts.size(), 0);
  std::size_t part = 0;
  for (const auto& range : layout.encoding.ranges) {
    while (part + 1 < layout.parts.size() && range.begin >= layout.parts[part + 1].bytes.begin) {
      ++part;
    }
    tokens[part] += 1;
  }
  return tokens;
}

PartLengths sum_lengths(const Layout& layout, const std::vector<double>& tokens,
                        const std::vector<bool>& kept_parts) {
  PartLengths lengths;
  for (std::size_t part = 0; part < tokens.size(); ++part) {
    if (!kept_parts[part]) continue;
    switch (layout.parts[part].kind) {
      case PartKind::kInstruction:
        lengths.instruction += tokens[part];
        break;
      case PartKind::kContext:
        lengths.demonstrations += tokens[part];
        break;
      case PartKind::kQuestion:
        lengths.question += tokens[part];
        break;
    }
  }
  return lengths;
}

// Whether there is more than one context: a single one stays in any case.
bool has_choice(const Layout& layout) {
  return std::count_if(layout.parts.begin(), layout.parts.end(),
                       [](const LayoutPart& part) { return part.kind == PartKind::kContext; }) > 1;
}

// Whether the parts as they are fill the budget.
bool reaches(const Layout& layout, const std::vector<bool>& kept_parts, const Budget& budget) {
  std::vector<bool> kept = forced_units(layout);
  for (std::size_t unit = 0; unit < kept.size(); ++unit) {
    if (kept_parts[layout.units[unit].part]) kept[unit] = true;
  }
  return count_kept_tokens(layout, kept, budget.tokenizer) >= budget.target;
}

bool is_required(const Layout& layout, std::size_t part) {
  return !layout.required.empty() && layout.required[part];
}

// Section 4.1: the parts that stay, `room` = k tau_dems L_dems tokens of contexts and more where
// these cannot fill the budget.
std::vector<bool> choose_parts(const Layout& layout, const std::vector<double>& tokens,
                               const std::vector<float>& wanted, double room,
                               const Budget& budget) {
  std::vector<bool> kept_parts(layout.parts.size(), true);
  std::vector<Demonstration> demonstrations;
  for (std::size_t part = 0; part < layout.parts.size(); ++part) {
    if (layout.parts[part].kind != PartKind::kContext) continue;
    kept_parts[part] = false;
    demonstrations.push_back({part, tokens[part], wanted[part], is_required(layout, part)});
  }
  const std::size_t chosen = choose_demonstrations(demonstrations, room);
  for (std::size_t i = 0; i < demonstrations.size(); ++i) {
    if (i >= chosen && reaches(layout, kept_parts, budget)) break;
    kept_parts[demonstrations[i].part] = true;
  }
  return kept_parts;
}

}  // namespace

ContextChoice choose_contexts(const Layout& layout, const Budget& budget,
                              const CompressOptions& options,
                              const std::function<std::vector<float>()>& part_losses) {
  const auto tokens = tokens_of_parts(layout);
  ContextChoice choice{std::vector<bool>(layout.parts.size(), true),
                       {options.instruction_rate, 1, options.question_rate},
                       layout.wanted};
  const auto want = [&] {
    if (choice.wanted.empty()) choice.wanted = part_losses();
  };
  PartLengths lengths = sum_lengths(layout, tokens, choice.kept_parts);
  if (options.demonstration_level) {
    const double tau = demonstration_rate(budget.model_target, lengths, choice.rates);
    const double room = options.granularity.value_or(kGranularity) * tau * lengths.demonstrations;
    if (room < lengths.demonstrations && has_choice(layout)) {
      want();
      choice.kept_parts = choose_parts(layout, tokens, choice.wanted, room, budget);
      lengths = sum_lengths(layout, tokens, choice.kept_parts);
    }
    choice.rates = with_leftover(choice.rates, room - lengths.demonstrations, lengths);
  }
  choice.rates.demonstrations = demonstration_rate(budget.model_target, lengths, choice.rates);
  if (options.dynamic_ratio > 0 && has_choice(layout)) want();
  return choice;
}

std::vector<double> rates_of_parts(const Layout& layout, const ContextChoice& choice,
                                   const std::vector<bool>& candidates,
                                   const CompressOptions& options) {
  std::vector<double> lengths(layout.parts.size(), 0), rates;
  std::vector<std::size_t> order;  // contexts with candidates
  for (std::size_t i = 0; i < layout.parts.size(); ++i) {
    const LayoutPart& part = layout.parts[i];
    rates.push_back(part.kind == PartKind::kInstruction ? choice.rates.instruction
                    : part.kind == PartKind::kQuestion  ? choice.rates.question
                                                        : choice.rates.demonstrations);
    if (part.kind != PartKind::kContext) continue;
    for (std::size_t unit = part.first_unit; unit < part.end_unit; ++unit) {
      if (candidates[unit]) lengths[i] += static_cast<double>(layout.units[unit].tokens());
    }
    if (lengths[i] > 0) order.push_back(i);
  }
  if (options.dynamic_ratio <= 0 || choice.wanted.empty() || order.size() < 2) return rates;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return choice.wanted[a] > choice.wanted[b];
  });
  double room = 0;
  for (const std::size_t i : order) room += choice.rates.demonstrations * lengths[i];
  const auto by_rank = rates_by_rank(lengths, order, room, options.dynamic_ratio);
  for (const std::size_t i : order) rates[i] = by_rank[i];
  return rates;
}

}  // namespace lingua

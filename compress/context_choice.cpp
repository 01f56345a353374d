#include "compress/context_choice.h"

#include <algorithm>

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

// Section 4.1: the parts that stay, `room` = k tau_dems L_dems tokens of contexts and more where
// these cannot fill the budget.
std::vector<bool> choose_parts(const Layout& layout, const std::vector<double>& tokens,
                               const std::vector<float>& losses, double room,
                               const Budget& budget) {
  std::vector<bool> kept_parts(layout.parts.size(), true);
  std::vector<Demonstration> demonstrations;
  for (std::size_t part = 0; part < layout.parts.size(); ++part) {
    if (layout.parts[part].kind != PartKind::kContext) continue;
    kept_parts[part] = false;
    demonstrations.push_back({part, tokens[part], losses[part]});
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
                       {options.instruction_rate, 1, options.question_rate}};
  PartLengths lengths = sum_lengths(layout, tokens, choice.kept_parts);
  if (options.demonstration_level) {
    const double tau = demonstration_rate(budget.model_target, lengths, choice.rates);
    const double room = options.granularity * tau * lengths.demonstrations;
    if (room < lengths.demonstrations && has_choice(layout)) {
      choice.kept_parts = choose_parts(
          layout, tokens, layout.wanted.empty() ? part_losses() : layout.wanted, room, budget);
      lengths = sum_lengths(layout, tokens, choice.kept_parts);
    }
    choice.rates = with_leftover(choice.rates, room - lengths.demonstrations, lengths);
  }
  choice.rates.demonstrations = demonstration_rate(budget.model_target, lengths, choice.rates);
  return choice;
}

}  // namespace lingua

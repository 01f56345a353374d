#include "compress/demonstrations.h"

#include <algorithm>

#include "compress/ranking.h"

namespace lingua {
namespace {

std::span<const TokenId> ids_between(const Layout& layout, std::size_t begin, std::size_t end) {
  return std::span(layout.encoding.ids).subspan(begin, end - begin);
}

// Tokens of the part, its first unit's first to its last unit's last.
std::span<const TokenId> ids_of(const Layout& layout, const LayoutPart& part) {
  return ids_between(layout, layout.units[part.first_unit].first_token,
                     layout.units[part.end_unit - 1].end_token);
}

}  // namespace

std::vector<float> losses_of_contexts(const Layout& layout, const LanguageModel& model) {
  History instruction(model.context_tokens);
  if (layout.parts.size() > 1 && layout.parts[0].kind == PartKind::kInstruction) {
    // With the blank line after it: up to the first token of what follows.
    const std::size_t end = layout.units[layout.parts[1].first_unit].first_token;
    instruction.append(ids_between(layout, 0, end));
    instruction.pin();
  }
  std::vector<float> losses(layout.encoding.ids.size(), kNotScored);
  for (const auto& part : layout.parts) {
    if (part.kind != PartKind::kContext) continue;
    History history = instruction;
    const auto found = score_through(model, history, ids_of(layout, part));
    const std::size_t first = layout.units[part.first_unit].first_token;
    std::copy(found.begin(), found.end(), losses.begin() + static_cast<std::ptrdiff_t>(first));
  }
  return losses;
}

std::size_t choose_demonstrations(std::vector<Demonstration>& demonstrations, double budget) {
  std::stable_sort(demonstrations.begin(), demonstrations.end(),
                   [](const Demonstration& a, const Demonstration& b) {
                     return a.required != b.required ? a.required : a.wanted > b.wanted;
                   });
  std::size_t kept = 0;
  double tokens = 0;
  for (const auto& one : demonstrations) {
    tokens += one.tokens;
    if (kept > 0 && tokens > budget && !one.required) break;
    ++kept;
  }
  return kept;
}

}  // namespace lingua

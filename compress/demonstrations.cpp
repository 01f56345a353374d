#include "compress/demonstrations.h"

#include <algorithm>
#include <cmath>
#include <limits>

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

float mean_loss(const std::vector<float>& losses) {
  double sum = 0;
  std::size_t count = 0;
  for (const float loss : losses) {
    if (std::isnan(loss)) continue;
    sum += loss;
    ++count;
  }
  return count == 0 ? std::numeric_limits<float>::infinity()
                    : static_cast<float>(sum / static_cast<double>(count));
}

}  // namespace

std::vector<float> context_losses(const Layout& layout, const LanguageModel& model) {
  History instruction(model.context_tokens);
  if (layout.parts.size() > 1 && layout.parts[0].kind == PartKind::kInstruction) {
    // With the blank line after it: up to the first token of what follows.
    const std::size_t end = layout.units[layout.parts[1].first_unit].first_token;
    instruction.append(ids_between(layout, 0, end));
    instruction.pin();
  }
  std::vector<float> losses;
  for (const auto& part : layout.parts) {
    if (part.kind != PartKind::kContext) {
      losses.push_back(0);
      continue;
    }
    History history = instruction;
    losses.push_back(mean_loss(score_through(model, history, ids_of(layout, part))));
  }
  return losses;
}

std::size_t choose_demonstrations(std::vector<Demonstration>& demonstrations, double budget) {
  std::stable_sort(demonstrations.begin(), demonstrations.end(),
                   [](const Demonstration& a, const Demonstration& b) { return a.loss > b.loss; });
  std::size_t kept = 0;
  double tokens = 0;
  for (const auto& one : demonstrations) {
    tokens += one.tokens;
    if (kept > 0 && tokens > budget) break;
    ++kept;
  }
  return kept;
}

}  // namespace lingua

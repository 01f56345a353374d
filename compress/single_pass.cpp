#include "compress/single_pass.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compress/ranking.h"

namespace lingua {
namespace {

// Mean over tokens [begin, end) that have a finite loss; `otherwise` where none has.
float mean(const std::vector<float>& losses, std::size_t begin, std::size_t end, float otherwise) {
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t i = begin; i < end; ++i) {
    if (!std::isfinite(losses[i])) continue;
    sum += losses[i];
    ++count;
  }
  return count == 0 ? otherwise : static_cast<float>(sum / static_cast<double>(count));
}

// The first token of the first part that is no instruction.
std::size_t end_of_instruction(const Layout& layout) {
  for (const auto& part : layout.parts) {
    if (part.kind != PartKind::kInstruction) return layout.units[part.first_unit].first_token;
  }
  return layout.encoding.ids.size();
}

}  // namespace

std::vector<float> score_once(const Layout& layout, const LanguageModel& model,
                              const SeenTokens& seen) {
  std::vector<float> losses(layout.encoding.ids.size(), kNotScored);
  const auto is_free = [](const Unit& unit) { return !unit.forced; };
  const auto first = std::find_if(layout.units.begin(), layout.units.end(), is_free);
  const auto last = std::find_if(layout.units.rbegin(), layout.units.rend(), is_free);
  if (first == layout.units.end()) return losses;
  const std::size_t end = last->end_token, middle = std::min(end_of_instruction(layout), end);
  History history(model.context_tokens, model.window_tokens);
  if (first->first_token >= middle) {
    history.append(seen_ids(layout, seen, 0, middle));
  } else {
    score_seen(layout, seen, 0, middle, model, history, losses);
  }
  history.pin();
  score_seen(layout, seen, middle, end, model, history, losses);
  return losses;
}

std::vector<float> mean_losses_of_units(const Layout& layout, const std::vector<float>& losses) {
  std::vector<float> result;
  for (const Unit& unit : layout.units) {
    result.push_back(mean(losses, unit.first_token, unit.end_token, kNotScored));
  }
  return result;
}

std::vector<float> with_mean_where_unscored(std::vector<float> losses) {
  const float all = mean(losses, 0, losses.size(), 0);
  std::replace_if(
      losses.begin(), losses.end(), [](float loss) { return std::isnan(loss); }, all);
  return losses;
}

std::vector<float> mean_losses_of_parts(const Layout& layout, const std::vector<float>& losses) {
  std::vector<float> result;
  for (const auto& part : layout.parts) {
    result.push_back(mean(losses, layout.units[part.first_unit].first_token,
                          layout.units[part.end_unit - 1].end_token,
                          std::numeric_limits<float>::infinity()));
  }
  return result;
}

}  // namespace lingua

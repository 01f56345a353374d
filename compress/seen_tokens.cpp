#include "compress/seen_tokens.h"

namespace lingua {

SeenTokens seen_tokens(const Layout& layout, const std::vector<bool>& kept_parts) {
  SeenTokens seen(layout.encoding.ids.size(), false);
  const auto see = [&seen](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) seen[i] = true;
  };
  for (const Unit& unit : layout.units) {
    if (kept_parts[unit.part] || unit.forced) see(unit.first_token, unit.end_token);
  }
  for (std::size_t i = 0; i + 1 < layout.parts.size(); ++i) {
    if (!kept_parts[i]) continue;
    see(layout.units[layout.parts[i].end_unit - 1].end_token,
        layout.units[layout.parts[i + 1].first_unit].first_token);
  }
  return seen;
}

std::vector<TokenId> seen_ids(const Layout& layout, const SeenTokens& seen, std::size_t begin,
                              std::size_t end) {
  std::vector<TokenId> ids;
  for (std::size_t i = begin; i < end; ++i) {
    if (seen.empty() || seen[i]) ids.push_back(layout.encoding.ids[i]);
  }
  return ids;
}

void score_seen(const Layout& layout, const SeenTokens& seen, std::size_t begin, std::size_t end,
                const LanguageModel& model, History& history, std::vector<float>& losses) {
  const auto found = score_through(model, history, seen_ids(layout, seen, begin, end));
  auto next = found.begin();
  for (std::size_t i = begin; i < end; ++i) {
    if (seen.empty() || seen[i]) losses[i] = *next++;
  }
}

}  // namespace lingua

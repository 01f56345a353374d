#include "compress/token_score.h"

#include <algorithm>
#include <span>

#include "compress/ranking.h"
#include "support/error.h"

namespace lingua {
namespace {

// The tokens of the part, from its first unit's first to its last unit's last.
struct TokenRange {
  std::size_t begin = 0, end = 0;
};

TokenRange tokens_of(const Layout& layout, const LayoutPart& part) {
  return {layout.units[part.first_unit].first_token, layout.units[part.end_unit - 1].end_token};
}

std::span<const TokenId> ids_between(const Layout& layout, std::size_t begin, std::size_t end) {
  return std::span(layout.encoding.ids).subspan(begin, end > begin ? end - begin : 0);
}

// The tokens of the blank line behind the first part; none where another token holds it too.
std::span<const TokenId> blank_line(const Layout& layout) {
  if (layout.parts.size() < 2) return {};
  return ids_between(layout, tokens_of(layout, layout.parts[0]).end,
                     tokens_of(layout, layout.parts[1]).begin);
}

// The end of the last context's last unit that may go, in tokens.
std::size_t end_of_free_contexts(const Layout& layout) {
  std::size_t end = 0;
  for (const Unit& unit : layout.units) {
    const bool counts = !unit.forced && layout.parts[unit.part].kind == PartKind::kContext;
    if (counts) end = unit.end_token;
  }
  return end;
}

}  // namespace

std::vector<TokenId> question_ids(const Layout& layout) {
  std::vector<TokenId> ids;
  const auto append = [&ids](std::span<const TokenId> more) {
    ids.insert(ids.end(), more.begin(), more.end());
  };
  for (const auto& part : layout.parts) {
    if (part.kind != PartKind::kQuestion) continue;
    const TokenRange tokens = tokens_of(layout, part);
    append(ids_between(layout, tokens.begin, tokens.end));
    append(blank_line(layout));
  }
  if (ids.empty()) {
    throw Error(ErrorKind::kData, "there is no question to score tokens by",
                "give a question, or choose --score loss");
  }
  return ids;
}

float token_score(TokenScore score, float loss, float given) {
  switch (score) {
    case TokenScore::kQuestion:
      return given;
    case TokenScore::kContrast:
      return loss - given;
    case TokenScore::kLoss:
      break;
  }
  return loss;
}

std::vector<float> losses_given_question(const Layout& layout, const LanguageModel& model,
                                         const SeenTokens& seen) {
  std::vector<float> found(layout.encoding.ids.size(), kNotScored), losses = found;
  History history(model.context_tokens);
  std::size_t done = 0;  // tokens that the model has seen
  const auto is_instruction = [](const LayoutPart& part) {
    return part.kind == PartKind::kInstruction;
  };
  const auto first = std::find_if_not(layout.parts.begin(), layout.parts.end(), is_instruction);
  if (first != layout.parts.end()) done = tokens_of(layout, *first).begin;
  history.append(ids_between(layout, 0, done));
  history.append(question_ids(layout));
  history.pin();
  const std::size_t end = end_of_free_contexts(layout);
  if (end <= done) return losses;
  score_seen(layout, seen, done, end, model, history, found);
  for (const auto& part : layout.parts) {
    if (part.kind != PartKind::kContext) continue;
    const TokenRange tokens = tokens_of(layout, part);
    for (std::size_t i = tokens.begin; i < std::min(tokens.end, end); ++i) losses[i] = found[i];
  }
  return losses;
}

std::vector<float> token_scores(const Layout& layout, TokenScore score,
                                const std::vector<float>& losses, const std::vector<float>& given) {
  std::vector<float> scores = losses;
  if (score == TokenScore::kLoss) return scores;
  for (const auto& part : layout.parts) {
    if (part.kind != PartKind::kContext) continue;
    const TokenRange tokens = tokens_of(layout, part);
    for (std::size_t i = tokens.begin; i < tokens.end; ++i) {
      scores[i] = token_score(score, losses[i], given[i]);
    }
  }
  return scores;
}

}  // namespace lingua

#include "cli/lingua_score_text.h"

#include <cmath>
#include <numbers>

#include "support/utf8.h"

namespace lingua {

double TextLoss::perplexity() const { return std::exp(nats / static_cast<double>(tokens)); }

double TextLoss::bits_per_byte() const {
  return nats / static_cast<double>(bytes) / std::numbers::ln2;
}

TextLoss score_text(const std::string& text, const std::string& where, const RunnableModel& model) {
  if (!is_utf8(text)) throw Error(ErrorKind::kData, where + ": not valid UTF-8");
  const auto encoding = model.tokenizer->encode(text);
  const std::span<const TokenId> ids = encoding.ids;
  if (ids.size() < 2) {
    throw Error(ErrorKind::kData, where + ": " + std::to_string(ids.size()) +
                                      " tokens of text, at least 2 are needed");
  }
  const Scorer scorer = model.scorer();
  const auto context = static_cast<std::size_t>(model.config.max_position_embeddings);
  TextLoss loss;
  std::size_t scored = 1;  // tokens before this one are done, or have no prediction
  while (scored < ids.size()) {
    const std::size_t begin = scored == 1 ? 0 : scored - context / 2;
    const std::size_t end = std::min(begin + context, ids.size());
    KvCache cache = scorer.new_cache();
    const auto losses = scorer.score(ids.subspan(begin, end - begin), cache);
    for (; scored < end; ++scored) loss.nats += losses[scored - begin];
  }
  loss.tokens = ids.size() - 1;
  loss.bytes = text.size() - encoding.ranges.front().end;
  return loss;
}

}  // namespace lingua

#include "compress/reference_contexts.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "compress/bm25.h"
#include "compress/reference_rankers.h"

namespace lingua {
namespace {

// What the reference puts behind the question when it ranks.
constexpr const char* kRankingSuffix =
    " We can get the answer to this question in the given documents.";

// The budget of the context filter where the target is below 0.
constexpr double kLeastContextTarget = 100;

// Mean loss of the tokens of `text` after its first `condition` ones, or after its very first; what
// lies beyond the model's context is not seen. A condition of no tokens leaves the last one only,
// as its bound of -1 counts from the end in Python. NaN without any.
double mean_loss_from(std::optional<std::size_t> condition, const std::string& text,
                      const Tokenizer& tokenizer, const LanguageModel& model) {
  auto ids = tokenizer.encode_ids(text);
  ids.resize(std::min(ids.size(), static_cast<std::size_t>(model.context_tokens)));
  std::size_t begin = condition.value_or(1);
  if (begin == 0) begin = std::max<std::size_t>(ids.size(), 2) - 1;
  if (begin >= ids.size()) return std::nan("");
  const std::span<const TokenId> all = ids;
  const auto losses = model.losses(all.first(begin), all.subspan(begin));
  return std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(losses.size());
}

double loss_of(const std::string& context, const std::string& question,
               ReferenceCondition condition, const Tokenizer& tokenizer,
               const LanguageModel& model) {
  const auto length = [&](const std::string& text) { return tokenizer.encode_ids(text).size(); };
  switch (condition) {
    case ReferenceCondition::kBefore:
      return mean_loss_from(length(question), question + context, tokenizer, model);
    case ReferenceCondition::kAfter:
      return mean_loss_from(length(context), context + question, tokenizer, model);
    case ReferenceCondition::kNone:
      break;
  }
  return mean_loss_from(std::nullopt, context, tokenizer, model);
}

std::vector<std::size_t> rank_by_loss(const std::vector<std::string>& contexts,
                                      const std::string& question, ReferenceCondition condition,
                                      const Tokenizer& tokenizer, const LanguageModel& model) {
  std::vector<double> losses;
  for (const auto& context : contexts) {
    losses.push_back(loss_of(context, question, condition, tokenizer, model));
  }
  std::vector<std::size_t> order(contexts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const double sign = condition == ReferenceCondition::kNone ? -1 : 1;
  // One without a loss goes last: it has no place among numbers.
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (std::isnan(losses[a]) || std::isnan(losses[b])) {
      return !std::isnan(losses[a]) && std::isnan(losses[b]);
    }
    return sign * losses[a] < sign * losses[b];
  });
  return order;
}

void reorder(std::vector<std::size_t>& used, ReferenceReorder order) {
  if (order == ReferenceReorder::kOriginal) std::sort(used.begin(), used.end());
  if (order != ReferenceReorder::kTwoStage) return;
  std::vector<std::size_t> even, odd;
  for (std::size_t i = 0; i < used.size(); ++i) (i % 2 == 0 ? even : odd).push_back(used[i]);
  even.insert(even.end(), odd.rbegin(), odd.rend());
  used = even;
}

// From +spread for the first to -spread for the last of `used`, by context.
std::vector<double> spread_deltas(const std::vector<std::size_t>& used, double spread,
                                  std::size_t contexts) {
  std::vector<double> deltas(contexts, 0);
  const auto last = static_cast<double>(used.size()) - 1;
  for (std::size_t i = 0; last > 0 && i < used.size(); ++i) {
    deltas[used[i]] = (last - 2 * static_cast<double>(i)) * (spread / last);
  }
  return deltas;
}

}  // namespace

std::vector<std::size_t> rank_contexts(const std::vector<std::string>& contexts,
                                       const std::string& question,
                                       const ReferenceArguments& arguments,
                                       const Tokenizer& tokenizer, const LanguageModel& model) {
  switch (arguments.rank_method) {
    case ReferenceRanker::kBm25:
      return rank_by_bm25(contexts, question, WordWeights::kReference);
    case ReferenceRanker::kGzip:
      return rank_by_gzip(contexts, question);
    case ReferenceRanker::kLlmlingua:
    case ReferenceRanker::kLongLlmlingua:
      break;
  }
  return rank_by_loss(contexts, question + kRankingSuffix, arguments.condition_in_question,
                      tokenizer, model);
}

ReferenceContexts all_contexts(std::size_t count) {
  ReferenceContexts all{std::vector<std::size_t>(count), std::vector<double>(count, 0)};
  std::iota(all.indices.begin(), all.indices.end(), std::size_t{0});
  return all;
}

ReferenceContexts filter_contexts(const std::vector<std::size_t>& ranking,
                                  const std::vector<int64_t>& lengths, double target,
                                  const ReferenceArguments& arguments,
                                  const ReferenceQuirks& quirks) {
  std::vector<std::size_t> used;
  for (const int64_t forced : arguments.force_context_ids) {
    if (static_cast<std::size_t>(forced) < lengths.size()) {
      used.push_back(static_cast<std::size_t>(forced));
    }
  }
  double budget = apply(arguments.context_budget, target < 0 ? kLeastContextTarget : target);
  for (const std::size_t index : ranking) {
    budget -= static_cast<double>(lengths[index]);
    if (budget < 0 && !quirks.overrun_context && !used.empty()) break;
    if (std::find(used.begin(), used.end(), index) == used.end()) used.push_back(index);
    if (budget < 0 || arguments.force_context_number == 0) break;
  }
  const auto deltas =
      spread_deltas(used, arguments.dynamic_context_compression_ratio, lengths.size());
  reorder(used, arguments.reorder_context);
  ReferenceContexts kept{used, {}};
  for (const std::size_t index : used) kept.deltas.push_back(deltas[index]);
  return kept;
}

}  // namespace lingua

#include "compress/text_compressor.h"

#include <cmath>

#include "compress/budget.h"
#include "compress/fit.h"
#include "compress/join.h"
#include "compress/layout.h"
#include "compress/lingua_mode.h"
#include "compress/option_names.h"
#include "compress/paper_mode.h"
#include "compress/protect.h"
#include "compress/sentences.h"
#include "compress/shares.h"
#include "compress/units.h"
#include "support/error.h"

namespace lingua {
namespace {

// What is kept of a layout, one flag a unit, and the ranking that said so.
struct Choice {
  std::vector<bool> kept;
  Ranking ranking;
};

Ranking rank(const Layout& layout, const Budget& budget, const CompressOptions& options,
             const LanguageModel& model) {
  switch (options.mode) {
    case CompressMode::kLingua:
      return rank_by_single_pass(layout, budget, options, model);
    case CompressMode::kPaper:
      return rank_by_paper(layout, budget, options, model);
    case CompressMode::kReference:
      break;
  }
  throw Error(ErrorKind::kInternal, "a compression mode without a ranking");
}

// Parts of which something stays while there is room: all that are apart, and what is required.
void keep_something(const Layout& units, const CompressOptions& options, Ranking& ranking) {
  std::vector<bool> parts = units.required;
  parts.resize(units.parts.size(), false);
  if (units.apart) parts.assign(units.parts.size(), true);
  keep_some_of_parts(units, parts, 1, ranking);
  if (options.token_level || options.keep_sentences == 0) return;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i] =
        units.parts[i].kind == PartKind::kContext && ranking.candidate[units.parts[i].first_unit];
  }
  keep_some_of_parts(units, parts, static_cast<std::size_t>(options.keep_sentences), ranking);
}

Choice choose(const Layout& pieces, const Budget& budget, const CompressOptions& options,
              const LanguageModel& model) {
  const auto layouts = unit_layouts(pieces, options);
  const Layout& units = layouts.front();
  Ranking ranking = rank(units, budget, options, model);
  keep_shares_of_spans(units, ranking);
  keep_something(units, options, ranking);
  const auto kept = fit_coarse_first(layouts, ranking, budget.target, budget.tokenizer);
  return {flags_of_pieces(kept, places_in(pieces, layouts.back())),
          spread(ranking, places_in(pieces, units))};
}

class TextCompressor {
 public:
  TextCompressor(const PromptText& prompt, const CompressOptions& options,
                 const Tokenizer& tokenizer, const LanguageModel& model)
      : prompt_(prompt),
        options_(options),
        counter_(options.budget_tokenizer ? *options.budget_tokenizer : tokenizer),
        model_(model),
        layout_(lay_out(prompt, tokenizer)) {}

  CompressResult run() {
    CompressResult result;
    result.mode = mode_name(options_.mode);
    result.origin_tokens = count(std::vector<bool>(layout_.units.size(), true));
    force_parts_that_stay();
    const int64_t target = target_of(result.origin_tokens);
    const Choice choice = choice_for(target, result.origin_tokens);
    result.target_tokens = target;
    result.kept = kept_ranges(layout_, choice.kept);
    result.compressed_prompt = extract(layout_.text, result.kept);
    result.compressed_tokens = count(choice.kept);
    result.tokens = token_fates(layout_, choice.ranking, choice.kept, result.kept);
    for (const auto& part : layout_.parts) result.parts.push_back({part.kind, part.bytes});
    result.original = std::move(layout_.text);
    return result;
  }

 private:
  int64_t count(const std::vector<bool>& kept) const {
    return count_kept_tokens(layout_, kept, counter_);
  }

  // Instruction and question.
  void force_parts_that_stay() {
    if (options_.instruction_rate >= 1) force_parts(layout_, PartKind::kInstruction);
    if (options_.question_rate >= 1) force_parts(layout_, PartKind::kQuestion);
    free_spans(layout_);
    must_stay_ = forced_units(layout_);
    force_ranges(layout_, prompt_.fixed);
    std::vector<std::size_t> begins;
    for (const auto& part : layout_.parts) begins.push_back(part.bytes.begin);
    force_ranges(layout_,
                 outer_sentences(prompt_, static_cast<std::size_t>(options_.keep_first_sentences),
                                 static_cast<std::size_t>(options_.keep_last_sentences)));
    const auto wanted = protected_ranges(layout_.text, options_);
    force_ranges(layout_, with_lead(layout_.text, wanted, begins));
  }

  int64_t target_of(int64_t origin_tokens) const {
    if (origin_tokens == 0) return 0;
    const auto wanted = options_.target_tokens.value_or(prompt_.target_tokens.value_or(0));
    if (prompt_.apart && wanted >= origin_tokens && !options_.rate) return origin_tokens;
    const bool in_tokens = options_.target_tokens || (!options_.rate && prompt_.target_tokens);
    if (in_tokens || prompt_.spans.empty()) {
      return lingua::target_tokens(options_, prompt_, origin_tokens);
    }
    const double rate = options_.rate.value_or(prompt_.rate.value_or(kDefaultRate));
    return tokens_of_shares(layout_, rate, origin_tokens);
  }

  Choice choice_for(int64_t target, int64_t origin_tokens) const {
    Ranking unjudged(layout_.units.size());
    unjudged.candidate.assign(layout_.units.size(), true);
    if (target == origin_tokens) return {unjudged.candidate, unjudged};
    if (!prompt_.apart) require_possible(layout_, must_stay_, target, counter_);
    std::vector<bool> forced = forced_units(layout_);
    if (count(forced) > target) return {std::move(forced), std::move(unjudged)};
    const double model_target = static_cast<double>(target) *
                                static_cast<double>(layout_.tokens()) /
                                static_cast<double>(origin_tokens);
    return choose(layout_, {target, model_target, counter_}, options_, model_);
  }

  const PromptText& prompt_;
  const CompressOptions& options_;
  const Tokenizer& counter_;  // whose tokens the budget counts
  const LanguageModel& model_;
  Layout layout_;
  std::vector<bool> must_stay_;  // one flag a unit: instruction and question
};

}  // namespace

CompressResult compress_text(const PromptText& prompt, const CompressOptions& options,
                             const Tokenizer& tokenizer, const LanguageModel& model) {
  return TextCompressor(prompt, options, tokenizer, model).run();
}

}  // namespace lingua

#include "compress/compressor.h"

#include <algorithm>

#include "compress/budget.h"
#include "compress/fit.h"
#include "compress/layout.h"
#include "compress/lingua_mode.h"
#include "compress/paper_mode.h"
#include "compress/pattern.h"
#include "compress/reference_mode.h"
#include "compress/words.h"
#include "support/error.h"
#include "support/utf8.h"

namespace lingua {
namespace {

void require_context(const Prompt& prompt) {
  const bool has_context = std::any_of(prompt.context.begin(), prompt.context.end(),
                                       [](const std::string& one) { return !one.empty(); });
  if (!has_context) {
    throw Error(ErrorKind::kData, "the prompt has no context: there is nothing to compress",
                "give what may be shortened as context");
  }
}

void require_utf8(const Prompt& prompt) {
  const bool valid = is_utf8(prompt.instruction) && is_utf8(prompt.question) &&
                     std::all_of(prompt.context.begin(), prompt.context.end(), is_utf8);
  if (!valid) throw Error(ErrorKind::kData, "the prompt is not valid UTF-8", "convert it to UTF-8");
}

void force_what_must_stay(Layout& layout, const CompressOptions& options) {
  if (options.instruction_rate >= 1) force_parts(layout, PartKind::kInstruction);
  if (options.question_rate >= 1) force_parts(layout, PartKind::kQuestion);
  force_ranges(layout, find_all(options.keep, layout.text));
}

Ranking rank(const Layout& layout, int64_t target, const CompressOptions& options,
             const Tokenizer& tokenizer, const LanguageModel& model) {
  switch (options.mode) {
    case CompressMode::kLingua:
      return rank_by_single_pass(layout, target, options, tokenizer, model);
    case CompressMode::kPaper:
      return rank_by_paper(layout, target, options, tokenizer, model);
    case CompressMode::kReference:
      break;
  }
  throw Error(ErrorKind::kInternal, "a compression mode without a ranking");
}

// What is kept of a layout, one flag a unit, and the ranking that said so.
struct Choice {
  std::vector<bool> kept;
  Ranking ranking;
};

Choice choose(const Layout& pieces, int64_t target, const CompressOptions& options,
              const Tokenizer& tokenizer, const LanguageModel& model) {
  if (unit_kind(options) == UnitKind::kToken) {
    Ranking ranking = rank(pieces, target, options, tokenizer, model);
    auto kept = fit_to_budget(pieces, ranking, target, tokenizer);
    return {std::move(kept), std::move(ranking)};
  }
  const Layout words = join_words(pieces);
  const Ranking ranking = rank(words, target, options, tokenizer, model);
  return {fit_words_to_budget(pieces, words, ranking, target, tokenizer),
          spread(ranking, words_of(pieces, words))};
}

}  // namespace

CompressResult compress(const Prompt& prompt, const CompressOptions& options,
                        const Tokenizer& tokenizer, const LanguageModel& model) {
  require_utf8(prompt);
  if (options.mode == CompressMode::kReference) {
    return compress_like_reference(prompt, options, tokenizer, model);
  }
  require_context(prompt);
  Layout layout = lay_out(prompt, tokenizer);
  CompressResult result;
  result.mode = mode_name(options.mode);
  result.origin_tokens = layout.tokens();
  const int64_t target = target_tokens(options, prompt, result.origin_tokens);
  if (target == result.origin_tokens) {
    result.compressed_tokens = target;
    result.compressed_prompt = layout.text;
    result.kept = {{0, layout.text.size()}};
    const std::vector<bool> all(layout.units.size(), true);
    result.tokens = token_fates(layout, Ranking(all.size()), all, result.kept);
  } else {
    force_what_must_stay(layout, options);
    require_possible(layout, target, tokenizer);
    const Choice choice = choose(layout, target, options, tokenizer, model);
    result.kept = kept_ranges(layout, choice.kept);
    result.compressed_prompt = extract(layout.text, result.kept);
    result.compressed_tokens = count_kept_tokens(layout, choice.kept, tokenizer);
    result.tokens = token_fates(layout, choice.ranking, choice.kept, result.kept);
  }
  for (const auto& part : layout.parts) result.parts.push_back({part.kind, part.bytes});
  result.original = std::move(layout.text);
  return result;
}

CompressResult compress(const Prompt& prompt, const CompressOptions& options,
                        const Tokenizer& tokenizer, const Scorer& scorer) {
  return compress(prompt, options, tokenizer, cached_language_model(scorer));
}

}  // namespace lingua

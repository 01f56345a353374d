#include "compress/compressor.h"

#include <algorithm>

#include "compress/context_order.h"
#include "compress/draft.h"
#include "compress/held_parts.h"
#include "compress/question_defaults.h"
#include "compress/reference_mode.h"
#include "compress/scoring_window.h"
#include "compress/tags.h"
#include "compress/text_compressor.h"
#include "model/scorer.h"
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

PromptText text_of(const Prompt& prompt, const CompressOptions& options) {
  switch (options.form) {
    case PromptForm::kTagged:
      return text_of_tagged(prompt);
    case PromptForm::kJson:
      return text_of_json(prompt, options.json_rules);
    case PromptForm::kPlain:
      break;
  }
  return whole_text(prompt);
}

CompressResult compress_parts(const Prompt& prompt, const CompressOptions& options,
                              const Tokenizer& tokenizer, const LanguageModel& model) {
  PromptText text = text_of(prompt, options);
  hold_parts(text, options, "context", prompt.context.size());
  if (!is_ranked(options) && options.reorder == ContextOrder::kGiven) {
    return compress_text(text, options, tokenizer, model);
  }
  const auto ranking = rank_contexts_of(text, options.rank, tokenizer, coarse(model));
  set_wanted(text, ranking);
  auto order = output_order(ranking, options.reorder);
  if (!order.empty()) text = with_contexts_in_order(text, order);
  CompressResult result = compress_text(text, options, tokenizer, model);
  result.context_order = std::move(order);
  return result;
}

}  // namespace

CompressResult compress(const Prompt& prompt, const CompressOptions& options,
                        const Tokenizer& tokenizer, const LanguageModel& model) {
  require_utf8(prompt);
  if (options.mode == CompressMode::kReference) {
    return compress_like_reference(prompt, options, tokenizer, model);
  }
  require_context(prompt);
  const Prompt cut = with_passages(options, prompt);
  return compress_parts(cut, with_question_defaults(options, cut), tokenizer, model);
}

CompressResult compress(const Prompt& prompt, const CompressOptions& options,
                        const Tokenizer& tokenizer, const Scorer& scorer) {
  return compress(prompt, options, tokenizer,
                  cached_language_model(scorer.with_window(scoring_window(options))));
}

}  // namespace lingua

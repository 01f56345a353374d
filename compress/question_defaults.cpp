#include "compress/question_defaults.h"

namespace lingua {
namespace {

bool question_may_choose(const CompressOptions& options, const Prompt& prompt) {
  return !prompt.question.empty() && options.mode == CompressMode::kLingua &&
         options.form == PromptForm::kPlain && options.rank == ContextRank::kAuto &&
         options.demonstration_level && options.token_level;
}

bool speaks_of_contexts(const CompressOptions& options) {
  return !options.keep_contexts.empty() || !options.require_contexts.empty() ||
         options.keep_first_sentences > 0 || options.keep_last_sentences > 0 ||
         options.keep_sentences > 0 || options.reorder != ContextOrder::kGiven;
}

}  // namespace

CompressOptions with_question_defaults(const CompressOptions& options, const Prompt& prompt) {
  if (!question_may_choose(options, prompt) || prompt.context.size() < 2) return options;
  CompressOptions chosen = options;
  chosen.rank = ContextRank::kBm25;
  chosen.granularity = options.granularity.value_or(1);
  chosen.sentence_level = options.sentence_level.value_or(true);
  chosen.sentence_granularity = options.sentence_granularity.value_or(1);
  return chosen;
}

Prompt with_passages(const CompressOptions& options, const Prompt& prompt) {
  Prompt cut = prompt;
  const bool single = prompt.context.size() == 1;
  if (single && question_may_choose(options, prompt) && !speaks_of_contexts(options)) {
    cut.context = prompt_from_text(prompt.context.front()).context;
  }
  return cut;
}

}  // namespace lingua

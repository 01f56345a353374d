#include "compress/question_defaults.h"

namespace lingua {

CompressOptions with_question_defaults(const CompressOptions& options, const Prompt& prompt) {
  const bool has_choice = !prompt.question.empty() && prompt.context.size() > 1;
  if (!has_choice || options.mode != CompressMode::kLingua || options.form != PromptForm::kPlain ||
      options.rank != ContextRank::kAuto || !options.demonstration_level || !options.token_level) {
    return options;
  }
  CompressOptions chosen = options;
  chosen.rank = ContextRank::kBm25;
  chosen.granularity = options.granularity.value_or(1);
  chosen.sentence_level = options.sentence_level.value_or(true);
  chosen.sentence_granularity = options.sentence_granularity.value_or(1);
  return chosen;
}

}  // namespace lingua

#include "compress/draft.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace lingua {

LanguageModel with_draft(LanguageModel model, LanguageModel draft) {
  model.context_tokens = std::min(model.context_tokens, draft.context_tokens);
  draft.context_tokens = model.context_tokens;
  model.draft = std::make_shared<const LanguageModel>(std::move(draft));
  return model;
}

const LanguageModel& coarse(const LanguageModel& model) {
  return model.draft == nullptr ? model : *model.draft;
}

}  // namespace lingua

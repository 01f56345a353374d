#include "compress/drafted_model.h"

#include <utility>

#include "compress/draft.h"
#include "model/same_tokenizer.h"
#include "support/error.h"

namespace lingua {

std::optional<Scorer> DraftedModel::draft_scorer() const {
  return draft ? std::optional(draft->scorer()) : std::nullopt;
}

void DraftedModel::set_window(const TokenWindow& window) {
  model.decoder = with_window(*model.decoder, window);
  if (draft) draft->decoder = with_window(*draft->decoder, window);
}

DraftedModel load_drafted(const std::string& model, const std::string& draft,
                          const std::string& dtype, const std::string& device) {
  DraftedModel loaded{load_runnable(model, dtype, device), std::nullopt};
  if (draft.empty()) return loaded;
  loaded.draft = load_runnable(draft, loaded.model.dtype, device);
  if (!same_tokenizer(*loaded.model.tokenizer, *loaded.draft->tokenizer)) {
    throw Error(ErrorKind::kModel,
                draft + " cannot draft for " + model + ": its tokenizer is another one",
                "make a draft of the model itself: lingua-align --base MODEL --distill-layers N");
  }
  return loaded;
}

LanguageModel cached_drafted(const Scorer& scorer, const std::optional<Scorer>& draft) {
  LanguageModel model = cached_language_model(scorer);
  return draft ? with_draft(std::move(model), cached_language_model(*draft)) : model;
}

}  // namespace lingua

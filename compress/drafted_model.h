#pragma once

#include <optional>
#include <string>

#include "compress/language_model.h"
#include "model/runnable_model.h"

namespace lingua {

// A model and the smaller one that drafts for it, both in one type.
struct DraftedModel {
  RunnableModel model;
  std::optional<RunnableModel> draft;

  std::optional<Scorer> draft_scorer() const;

  // How far back a token sees, in both.
  void set_window(const TokenWindow& window);
};

// Loads what the two names stand for, both on one device (load_runnable()); no draft for "". Throws
// Error(kModel), also for a draft of another tokenizer.
DraftedModel load_drafted(const std::string& model, const std::string& draft,
                          const std::string& dtype, const std::string& device = "cpu");

// The models behind the scorers (cached_language_model(), with_draft()).
LanguageModel cached_drafted(const Scorer& scorer, const std::optional<Scorer>& draft);

}  // namespace lingua

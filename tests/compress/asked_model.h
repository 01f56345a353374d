#pragma once

#include <string>
#include <utility>

#include "compress/language_model.h"

namespace lingua {

// A model of bytes that remembers what it was shown, histories too.
class AskedModel {
 public:
  explicit AskedModel(LanguageModel model) : model_(std::move(model)) {}

  LanguageModel model() {
    return {model_.context_tokens, [this](auto history, auto next) {
              text.append(history.begin(), history.end());
              text.append(next.begin(), next.end());
              return model_.losses(history, next);
            }};
  }

  std::string text;

 private:
  LanguageModel model_;
};

}  // namespace lingua

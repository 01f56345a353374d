#pragma once

#include <cstddef>
#include <string>

#include "model/runnable_model.h"

namespace lingua {

// The loss over a text. The first token has nothing before it and does not count.
struct TextLoss {
  std::size_t tokens = 0;  // that count
  std::size_t bytes = 0;   // that those tokens stand for
  double nats = 0;         // sum

  double perplexity() const;  // e^(nats a token)
  double bits_per_byte() const;
};

// Text longer than the model's context is read in windows that overlap by half, so that every
// token but those of the first half window has half a context or more before it. Throws
// Error(kData) naming `where` for text that is not UTF-8 or has fewer than two tokens.
TextLoss score_text(const std::string& text, const std::string& where, const RunnableModel& model);

}  // namespace lingua

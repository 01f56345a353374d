#pragma once

#include <memory>
#include <string>

#include "model/loader.h"
#include "tests/model/tiny_tokenizer.h"
#include "tests/tiny_model.h"

namespace lingua {

// A whole model with random weights and the tiny byte-level BPE tokenizer.
inline Model tiny_hf_model() {
  Model model;
  model.config = testing::tiny_config();
  model.config.vocab_size = kTinyVocabulary;
  model.config.bos_token_id = kEnd;
  model.config.eos_token_id = kEnd;
  model.weights = testing::tiny_weights(model.config);
  model.tokenizer = load_tokenizer("tokenizer.json", tiny_tokenizer_json(), "tiny");
  model.source = "tiny";
  return model;
}

}  // namespace lingua

#include "train/new_model.h"

#include <ATen/ATen.h>

#include <cmath>
#include <vector>

#include "model/sentencepiece_train.h"
#include "model/weight_layout.h"
#include "support/error.h"

namespace lingua {
namespace {

const std::string kPrefix = "new:";

ModelConfig tiny_config(const Tokenizer& tokenizer) {
  ModelConfig config;
  config.vocab_size = tokenizer.vocab_size();
  config.hidden_size = 64;
  config.intermediate_size = 160;
  config.num_hidden_layers = 2;
  config.num_attention_heads = 4;
  config.num_key_value_heads = 2;
  config.head_dim = 16;
  config.max_position_embeddings = 2048;
  config.tie_word_embeddings = true;
  config.bos_token_id = tokenizer.id_of("<s>");
  config.eos_token_id = tokenizer.id_of("</s>");
  return config;
}

// Normal weights of deviation 0.02, the projections back into the residual stream narrower by
// sqrt(2 layers) (GPT-2's rule), norms 1.
TensorMap random_weights(const ModelConfig& config, uint64_t seed) {
  auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
  const double wide = 0.02;
  const double narrow = wide / std::sqrt(2.0 * static_cast<double>(config.num_hidden_layers));
  TensorMap weights;
  for (const WeightPlace& place : weight_layout(config)) {
    auto values = at::empty(place.shape, at::kFloat);
    if (place.role == WeightRole::kNorm) {
      values.fill_(1);
    } else {
      values.normal_(0, place.role == WeightRole::kResidual ? narrow : wide, generator);
    }
    weights.emplace(place.name, std::move(values));
  }
  return weights;
}

}  // namespace

bool is_new_model(const std::string& spec) { return spec.starts_with(kPrefix); }

Model make_new_model(const std::string& spec, std::span<const Example> examples, uint64_t seed) {
  if (spec != kPrefix + "tiny") {
    throw Error(ErrorKind::kUsage, "--base " + spec + " is not known", "new:tiny is there");
  }
  std::vector<std::string> texts;
  for (const Example& example : examples) {
    for (const Message& message : example.messages) texts.push_back(message.content);
  }
  Model model;
  model.tokenizer = load_tokenizer("tokenizer.model", train_sentencepiece(texts, {}), spec);
  model.config = tiny_config(*model.tokenizer);
  model.weights = random_weights(model.config, seed);
  model.source = spec;
  return model;
}

}  // namespace lingua

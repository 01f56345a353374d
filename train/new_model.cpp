#include "train/new_model.h"

#include <ATen/ATen.h>

#include <cmath>
#include <vector>

#include "model/decoder.h"
#include "model/sentencepiece_train.h"
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
TensorMap random_weights(const ModelConfig& c, uint64_t seed) {
  auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
  const auto normal = [&](int64_t rows, int64_t columns, double deviation) {
    return at::empty({rows, columns}, at::kFloat).normal_(0, deviation, generator);
  };
  const int64_t h = c.hidden_size, f = c.intermediate_size;
  const int64_t q = c.num_attention_heads * c.head_dim, kv = c.num_key_value_heads * c.head_dim;
  const double wide = 0.02;
  const double narrow = wide / std::sqrt(2.0 * static_cast<double>(c.num_hidden_layers));
  TensorMap weights;
  weights["model.embed_tokens.weight"] = normal(c.vocab_size, h, wide);
  weights["model.norm.weight"] = at::ones({h});
  for (int64_t layer = 0; layer < c.num_hidden_layers; ++layer) {
    const std::string prefix = "model.layers." + std::to_string(layer) + ".";
    weights[prefix + "input_layernorm.weight"] = at::ones({h});
    weights[prefix + "post_attention_layernorm.weight"] = at::ones({h});
    weights[prefix + "self_attn.q_proj.weight"] = normal(q, h, wide);
    weights[prefix + "self_attn.k_proj.weight"] = normal(kv, h, wide);
    weights[prefix + "self_attn.v_proj.weight"] = normal(kv, h, wide);
    weights[prefix + "self_attn.o_proj.weight"] = normal(h, q, narrow);
    weights[prefix + "mlp.gate_proj.weight"] = normal(f, h, wide);
    weights[prefix + "mlp.up_proj.weight"] = normal(f, h, wide);
    weights[prefix + "mlp.down_proj.weight"] = normal(h, f, narrow);
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

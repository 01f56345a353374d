#include "tests/model/tiny_model.h"

#include <ATen/Functions.h>

#include "model/weight_layout.h"
#include "tests/model/tiny_tokenizer.h"

namespace lingua {
namespace {

ModelConfig tiny_config() {
  ModelConfig config;
  config.vocab_size = kTinyVocabulary;
  config.hidden_size = 16;
  config.intermediate_size = 24;
  config.num_hidden_layers = 2;
  config.num_attention_heads = 4;
  config.num_key_value_heads = 2;
  config.head_dim = 4;
  config.max_position_embeddings = 64;
  config.eos_token_id = kEnd;
  config.chat_template = "{{ 'é' }}";
  return config;
}

}  // namespace

at::Tensor tiny_weight(const std::string& name, const std::vector<int64_t>& shape,
                       at::ScalarType dtype) {
  auto tensor = at::empty(shape, at::kFloat);
  auto* values = tensor.mutable_data_ptr<float>();
  for (int64_t i = 0; i < tensor.numel(); ++i) {
    const int64_t step = (7 * i + static_cast<int64_t>(name.size())) % 64 - 32;
    values[i] = static_cast<float>(step) / 16.0f;
  }
  return tensor.to(dtype);
}

Model tiny_model(at::ScalarType dtype) {
  Model model;
  model.config = tiny_config();
  model.tokenizer = load_tokenizer("tokenizer.json", tiny_tokenizer_json(), "tiny");
  model.report = {{"steps", 3}, {"note", "für"}};
  model.source = "tiny";
  for (const WeightPlace& place : weight_layout(model.config)) {
    model.weights.emplace(place.name, tiny_weight(place.name, place.shape, dtype));
  }
  return model;
}

AdapterSet tiny_adapters() {
  const std::string up = "model.layers.1.mlp.up_proj.lora_";
  AdapterSet adapters{2, 0.3, {}};
  adapters.tensors[up + "A.weight"] = tiny_weight(up + "A.weight", {2, 16}, at::kFloat);
  adapters.tensors[up + "B.weight"] = tiny_weight(up + "B.weight", {24, 2}, at::kFloat);
  return adapters;
}

}  // namespace lingua

#include "tests/model/tiny_model.h"

#include <ATen/Functions.h>

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
  const auto add = [&](const std::string& name, const std::vector<int64_t>& shape) {
    model.weights.emplace(name, tiny_weight(name, shape, dtype));
  };
  const int64_t h = model.config.hidden_size, f = model.config.intermediate_size;
  const int64_t kv = model.config.num_key_value_heads * model.config.head_dim;
  add("model.embed_tokens.weight", {kTinyVocabulary, h});
  add("model.norm.weight", {h});
  add("lm_head.weight", {kTinyVocabulary, h});
  for (const std::string layer : {"model.layers.0.", "model.layers.1."}) {
    add(layer + "input_layernorm.weight", {h});
    add(layer + "self_attn.q_proj.weight", {h, h});
    add(layer + "self_attn.k_proj.weight", {kv, h});
    add(layer + "self_attn.v_proj.weight", {kv, h});
    add(layer + "self_attn.o_proj.weight", {h, h});
    add(layer + "post_attention_layernorm.weight", {h});
    add(layer + "mlp.gate_proj.weight", {f, h});
    add(layer + "mlp.up_proj.weight", {f, h});
    add(layer + "mlp.down_proj.weight", {h, f});
  }
  return model;
}

}  // namespace lingua

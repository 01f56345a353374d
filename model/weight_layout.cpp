#include "model/weight_layout.h"

#include <utility>

namespace lingua {
namespace {

// What the names of the next places begin with.
struct Prefix {
  std::string name;
  std::string gguf;
  std::string slot;
};

// A tensor's names without what they begin and end with.
struct Names {
  const char* name;
  const char* gguf;
  const char* slot;
};

struct Matrix {
  int64_t out = 0;
  int64_t in = 0;
  int64_t first_row = 0;
  WeightRole role = WeightRole::kInner;
};

// Collects places in order.
class Collector {
 public:
  // `transposed`: matrices inside layers are stored as [in, out].
  explicit Collector(bool transposed) : transposed_(transposed) {}

  void begin(Prefix prefix) { prefix_ = std::move(prefix); }

  void norm(const Names& names, int64_t width, bool bias) {
    add(names, ".weight", {width}, 0, WeightRole::kNorm);
    if (bias) add(names, ".bias", {width}, 0, WeightRole::kBias);
  }

  void embedding(const Names& names, int64_t rows, int64_t width) {
    add(names, ".weight", {rows, width}, 0, WeightRole::kEmbedding);
  }

  void weight(const Names& names, const Matrix& matrix) {
    auto shape = std::vector<int64_t>{matrix.out, matrix.in};
    if (transposed_) std::swap(shape[0], shape[1]);
    add(names, ".weight", std::move(shape), matrix.first_row, matrix.role);
    places_.back().transposed = transposed_;
  }

  void bias(const Names& names, const Matrix& matrix) {
    add(names, ".bias", {matrix.out}, matrix.first_row, WeightRole::kBias);
  }

  std::vector<WeightPlace> take() { return std::move(places_); }

 private:
  void add(const Names& names, const std::string& ending, std::vector<int64_t> shape,
           int64_t first_row, WeightRole role) {
    // A slot is its weight's; biases have slots of their own.
    places_.push_back({prefix_.name + names.name + ending, prefix_.gguf + names.gguf + ending,
                       std::move(shape),
                       prefix_.slot + names.slot + (role == WeightRole::kBias ? ending : ""),
                       first_row, false, role});
  }

  bool transposed_;
  Prefix prefix_;
  std::vector<WeightPlace> places_;
};

Prefix layer_prefix(const std::string& name, int64_t layer) {
  const std::string number = std::to_string(layer) + ".";
  return {name + number, "blk." + number, "layers." + number};
}

void add_llama_attention(Collector& places, const ModelConfig& c) {
  const int64_t h = c.hidden_size;
  const int64_t q = c.num_attention_heads * c.head_dim, kv = c.num_key_value_heads * c.head_dim;
  const std::pair<Names, Matrix> parts[] = {
      {{"self_attn.q_proj", "attn_q", "qkv"}, {q, h, 0}},
      {{"self_attn.k_proj", "attn_k", "qkv"}, {kv, h, q}},
      {{"self_attn.v_proj", "attn_v", "qkv"}, {kv, h, q + kv}},
  };
  for (const auto& [names, matrix] : parts) places.weight(names, matrix);
  if (c.qkv_bias) {
    for (const auto& [names, matrix] : parts) places.bias(names, matrix);
  }
  if (c.query_key_norm) {
    places.norm({"self_attn.q_norm", "attn_q_norm", "query_norm"}, c.head_dim, false);
    places.norm({"self_attn.k_norm", "attn_k_norm", "key_norm"}, c.head_dim, false);
  }
  places.weight({"self_attn.o_proj", "attn_output", "output"}, {h, q, 0, WeightRole::kResidual});
}

// Hugging Face's post_attention_layernorm is the norm before the MLP, but in a model with sandwich
// norms the one after attention.
void add_llama_layer(Collector& places, const ModelConfig& c) {
  const int64_t h = c.hidden_size, f = c.intermediate_size;
  places.norm({"input_layernorm", "attn_norm", "input_norm"}, h, false);
  add_llama_attention(places, c);
  if (c.sandwich_norm) {
    places.norm({"post_attention_layernorm", "post_attention_norm", "attention_norm"}, h, false);
    places.norm({"pre_feedforward_layernorm", "ffn_norm", "post_norm"}, h, false);
    places.norm({"post_feedforward_layernorm", "post_ffw_norm", "mlp_norm"}, h, false);
  } else {
    places.norm({"post_attention_layernorm", "ffn_norm", "post_norm"}, h, false);
  }
  places.weight({"mlp.gate_proj", "ffn_gate", "gate_up"}, {f, h, 0});
  places.weight({"mlp.up_proj", "ffn_up", "gate_up"}, {f, h, f});
  places.weight({"mlp.down_proj", "ffn_down", "down"}, {h, f, 0, WeightRole::kResidual});
}

// Llama's names, which Qwen and Gemma share.
std::vector<WeightPlace> llama_layout(const ModelConfig& c) {
  Collector places(false);
  places.embedding({"model.embed_tokens", "token_embd", "embedding"}, c.vocab_size, c.hidden_size);
  for (int64_t layer = 0; layer < c.num_hidden_layers; ++layer) {
    places.begin(layer_prefix("model.layers.", layer));
    add_llama_layer(places, c);
  }
  places.begin({});
  places.norm({"model.norm", "output_norm", "final_norm"}, c.hidden_size, false);
  if (!c.tie_word_embeddings) {
    places.embedding({"lm_head", "output", "head"}, c.vocab_size, c.hidden_size);
  }
  return places.take();
}

void add_gpt2_layer(Collector& places, const ModelConfig& c) {
  const int64_t h = c.hidden_size, f = c.intermediate_size;
  const auto projection = [&](const Names& names, const Matrix& matrix) {
    places.weight(names, matrix);
    places.bias(names, matrix);
  };
  places.norm({"ln_1", "attn_norm", "input_norm"}, h, true);
  projection({"attn.c_attn", "attn_qkv", "qkv"}, {c.qkv_size(), h});
  projection({"attn.c_proj", "attn_output", "output"},
             {h, c.num_attention_heads * c.head_dim, 0, WeightRole::kResidual});
  places.norm({"ln_2", "ffn_norm", "post_norm"}, h, true);
  projection({"mlp.c_fc", "ffn_up", "gate_up"}, {f, h});
  projection({"mlp.c_proj", "ffn_down", "down"}, {h, f, 0, WeightRole::kResidual});
}

std::vector<WeightPlace> gpt2_layout(const ModelConfig& c) {
  Collector places(true);
  places.embedding({"transformer.wte", "token_embd", "embedding"}, c.vocab_size, c.hidden_size);
  places.embedding({"transformer.wpe", "position_embd", "positions"}, c.max_position_embeddings,
                   c.hidden_size);
  for (int64_t layer = 0; layer < c.num_hidden_layers; ++layer) {
    places.begin(layer_prefix("transformer.h.", layer));
    add_gpt2_layer(places, c);
  }
  places.begin({});
  places.norm({"transformer.ln_f", "output_norm", "final_norm"}, c.hidden_size, true);
  if (!c.tie_word_embeddings) {
    places.embedding({"lm_head", "output", "head"}, c.vocab_size, c.hidden_size);
  }
  return places.take();
}

}  // namespace

std::vector<WeightPlace> weight_layout(const ModelConfig& config) {
  return config.family == Family::kGpt2 ? gpt2_layout(config) : llama_layout(config);
}

}  // namespace lingua

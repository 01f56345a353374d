#include "model/decoder.h"

#include <ATen/ATen.h>

#include <array>
#include <string>
#include <utility>

#include "model/attention.h"
#include "model/layers.h"
#include "model/rotary.h"
#include "support/error.h"

namespace lingua {
namespace {

std::string layer_name(int64_t layer, const std::string& name) {
  return "model.layers." + std::to_string(layer) + "." + name + ".weight";
}

std::string shape_text(at::IntArrayRef shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  }
  return text + "]";
}

// Finds weights by name and checks their shapes.
struct Lookup {
  const TensorMap& weights;
  at::ScalarType dtype;
  const std::string& where;

  at::Tensor get(const std::string& name, at::IntArrayRef shape) const {
    const auto found = weights.find(name);
    if (found == weights.end()) {
      throw Error(ErrorKind::kModel, where + ": the tensor " + name + " is missing",
                  "the model must have the Llama layout");
    }
    if (found->second.sizes() != shape) {
      throw Error(ErrorKind::kModel, where + ": the tensor " + name + " has shape " +
                                         shape_text(found->second.sizes()) +
                                         ", the configuration asks for " + shape_text(shape));
    }
    return found->second.to(dtype).contiguous();
  }
};

LayerWeights make_layer(const ModelConfig& c, const Lookup& lookup, int64_t layer) {
  const auto get = [&](const std::string& name, at::IntArrayRef shape) {
    return lookup.get(layer_name(layer, name), shape);
  };
  const int64_t h = c.hidden_size, f = c.intermediate_size;
  const int64_t q = c.num_attention_heads * c.head_dim, kv = c.num_key_value_heads * c.head_dim;
  LayerWeights weights;
  weights.input_norm.weight = get("input_layernorm", {h});
  weights.qkv.weight = at::cat({get("self_attn.q_proj", {q, h}), get("self_attn.k_proj", {kv, h}),
                                get("self_attn.v_proj", {kv, h})});
  weights.output.weight = get("self_attn.o_proj", {h, q});
  weights.post_norm.weight = get("post_attention_layernorm", {h});
  weights.gate_up.weight = at::cat({get("mlp.gate_proj", {f, h}), get("mlp.up_proj", {f, h})});
  weights.down.weight = get("mlp.down_proj", {h, f});
  return weights;
}

std::array<std::pair<const char*, Projection*>, 4> projections(LayerWeights& w) {
  return {{{"qkv", &w.qkv}, {"output", &w.output}, {"gate_up", &w.gate_up}, {"down", &w.down}}};
}

// Positions of the tokens of this pass: each sequence goes on where its cache ends.
std::vector<int64_t> positions_of(std::span<const Sequence> sequences) {
  std::vector<int64_t> positions;
  for (const Sequence& sequence : sequences) {
    const int64_t before = sequence.cache == nullptr ? 0 : sequence.cache->length();
    for (int64_t i = 0; i < sequence.length; ++i) positions.push_back(before + i);
  }
  return positions;
}

void append_hidden(const at::Tensor& hidden, std::span<const Sequence> sequences) {
  int64_t begin = 0;
  for (const Sequence& sequence : sequences) {
    if (sequence.cache != nullptr) {
      sequence.cache->write_hidden(hidden.narrow(0, begin, sequence.length));
      sequence.cache->advance(sequence.length);
    }
    begin += sequence.length;
  }
}

}  // namespace

Decoder make_decoder(const ModelConfig& config, const TensorMap& weights, at::ScalarType dtype,
                     const std::string& where) {
  validate(config, where);
  const Lookup lookup{weights, dtype, where};
  Decoder decoder;
  decoder.config = config;
  decoder.embedding =
      lookup.get("model.embed_tokens.weight", {config.vocab_size, config.hidden_size});
  for (int64_t layer = 0; layer < config.num_hidden_layers; ++layer) {
    decoder.layers.push_back(make_layer(config, lookup, layer));
  }
  decoder.final_norm.weight = lookup.get("model.norm.weight", {config.hidden_size});
  decoder.head = config.tie_word_embeddings
                     ? decoder.embedding
                     : lookup.get("lm_head.weight", {config.vocab_size, config.hidden_size});
  return decoder;
}

TensorMap named_weights(const Decoder& decoder) {
  const ModelConfig& c = decoder.config;
  const int64_t q = c.num_attention_heads * c.head_dim, kv = c.num_key_value_heads * c.head_dim;
  const int64_t f = c.intermediate_size;
  TensorMap named;
  named["model.embed_tokens.weight"] = decoder.embedding;
  named["model.norm.weight"] = decoder.final_norm.weight;
  if (!c.tie_word_embeddings) named["lm_head.weight"] = decoder.head;
  for (int64_t layer = 0; layer < c.num_hidden_layers; ++layer) {
    const LayerWeights& w = decoder.layers[static_cast<std::size_t>(layer)];
    named[layer_name(layer, "input_layernorm")] = w.input_norm.weight;
    named[layer_name(layer, "self_attn.q_proj")] = w.qkv.weight.narrow(0, 0, q);
    named[layer_name(layer, "self_attn.k_proj")] = w.qkv.weight.narrow(0, q, kv);
    named[layer_name(layer, "self_attn.v_proj")] = w.qkv.weight.narrow(0, q + kv, kv);
    named[layer_name(layer, "self_attn.o_proj")] = w.output.weight;
    named[layer_name(layer, "post_attention_layernorm")] = w.post_norm.weight;
    named[layer_name(layer, "mlp.gate_proj")] = w.gate_up.weight.narrow(0, 0, f);
    named[layer_name(layer, "mlp.up_proj")] = w.gate_up.weight.narrow(0, f, f);
    named[layer_name(layer, "mlp.down_proj")] = w.down.weight;
  }
  return named;
}

std::vector<WeightSlot> weight_slots(Decoder& decoder) {
  std::vector<WeightSlot> slots;
  const auto add = [&](const std::string& name, at::Tensor& tensor) {
    if (tensor.defined()) slots.push_back({name, &tensor});
  };
  const auto add_norm = [&](const std::string& name, Norm& norm) {
    add(name, norm.weight);
    add(name + ".bias", norm.bias);
  };
  add("embedding", decoder.embedding);
  add("positions", decoder.positions);
  for (std::size_t layer = 0; layer < decoder.layers.size(); ++layer) {
    LayerWeights& w = decoder.layers[layer];
    const std::string prefix = "layers." + std::to_string(layer) + ".";
    add_norm(prefix + "input_norm", w.input_norm);
    add_norm(prefix + "query_norm", w.query_norm);
    add_norm(prefix + "key_norm", w.key_norm);
    add_norm(prefix + "attention_norm", w.attention_norm);
    add_norm(prefix + "post_norm", w.post_norm);
    add_norm(prefix + "mlp_norm", w.mlp_norm);
    for (const auto& [name, projection] : projections(w)) {
      add(prefix + name, projection->weight);
      add(prefix + name + ".bias", projection->bias);
    }
  }
  add_norm("final_norm", decoder.final_norm);
  if (!decoder.config.tie_word_embeddings) add("head", decoder.head);
  return slots;
}

std::vector<WeightSlot> adapter_slots(Decoder& decoder) {
  std::vector<WeightSlot> slots;
  for (std::size_t layer = 0; layer < decoder.layers.size(); ++layer) {
    for (const auto& [name, projection] : projections(decoder.layers[layer])) {
      for (std::size_t i = 0; i < projection->adapters.size(); ++i) {
        const std::string prefix =
            "layers." + std::to_string(layer) + "." + name + "." + std::to_string(i) + ".";
        slots.push_back({prefix + "a", &projection->adapters[i].a});
        slots.push_back({prefix + "b", &projection->adapters[i].b});
      }
    }
  }
  return slots;
}

at::Tensor forward(const Decoder& decoder, const at::Tensor& ids,
                   std::span<const Sequence> sequences) {
  return forward_embedded(decoder, decoder.embedding.index_select(0, ids), sequences);
}

at::Tensor forward_embedded(const Decoder& decoder, const at::Tensor& embedded,
                            std::span<const Sequence> sequences, const ForwardOptions&) {
  const ModelConfig& config = decoder.config;
  for (const Sequence& sequence : sequences) {
    if (sequence.cache != nullptr) sequence.cache->reserve(sequence.length);
  }
  auto table = rotary_table(config, positions_of(sequences));
  table = {table.cosine.to(embedded.device()), table.sine.to(embedded.device())};
  auto x = embedded;  // [T, H]
  for (int64_t layer = 0; layer < config.num_hidden_layers; ++layer) {
    const LayerWeights& w = decoder.layers[static_cast<std::size_t>(layer)];
    const auto normed = rms_norm(x, w.input_norm.weight, config.rms_norm_eps);
    const auto qkv = at::linear(normed, w.qkv.weight);  // [T, (Hq + 2 Hkv) D]
    x = x + at::linear(attention(config, qkv, table, sequences, layer), w.output.weight);
    const auto widened =
        at::linear(rms_norm(x, w.post_norm.weight, config.rms_norm_eps), w.gate_up.weight);
    x = x + at::linear(swiglu(widened), w.down.weight);
  }
  const auto hidden = rms_norm(x, decoder.final_norm.weight, config.rms_norm_eps);
  append_hidden(hidden, sequences);
  return hidden;
}

}  // namespace lingua

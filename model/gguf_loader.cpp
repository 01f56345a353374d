#include <ATen/Functions.h>

#include <charconv>
#include <optional>

#include "model/dequantize.h"
#include "model/gguf_fields.h"
#include "model/gguf_tokenizer.h"
#include "model/loader.h"
#include "model/mapped_tensor.h"

namespace lingua {
namespace {

// A float32 of a file as the shortest decimal that gives it: 1e-05 and not 9.999999747378752e-06.
double shortest(double stored) {
  char text[64];
  const auto end = std::to_chars(text, text + sizeof(text), static_cast<float>(stored)).ptr;
  double value = stored;
  std::from_chars(text, end, value);
  return value;
}

void check_supported(const GgufFields& fields) {
  const std::string architecture(fields.get<std::string_view>("general.architecture"));
  if (architecture != "llama") {
    fields.fail("architecture \"" + architecture + "\" is not supported",
                "lingua runs models of the llama architecture, such as SmolLM2 and TinyLlama");
  }
  if (fields.get_or<int64_t>("llama.expert_count", 0) > 0) {
    fields.fail("mixtures of experts (llama.expert_count) are not supported");
  }
  const std::string scaling(fields.get_or<std::string_view>("llama.rope.scaling.type", "none"));
  if (scaling != "none")
    fields.fail("llama.rope.scaling.type \"" + scaling + "\" is not supported");
  if (fields.get_or<double>("llama.rope.scale_linear", 1.0) != 1.0) {
    fields.fail("llama.rope.scale_linear other than 1 is not supported");
  }
}

void read_head_size(const GgufFields& fields, ModelConfig& config) {
  const int64_t heads = config.num_attention_heads;
  const int64_t even_share = heads > 0 ? config.hidden_size / heads : 0;
  config.head_dim = fields.get_or<int64_t>("llama.attention.key_length", even_share);
  for (const char* key : {"llama.attention.value_length", "llama.rope.dimension_count"}) {
    const int64_t size = fields.get_or<int64_t>(key, config.head_dim);
    if (size != config.head_dim) {
      fields.fail(std::string(key) + " is " + std::to_string(size) + ", not the head size " +
                  std::to_string(config.head_dim) + "; this is not supported");
    }
  }
}

ModelConfig read_config(const GgufFile& gguf) {
  const GgufFields fields(gguf);
  check_supported(fields);
  ModelConfig config;
  config.vocab_size = static_cast<int64_t>(fields.get<GgufStrings>("tokenizer.ggml.tokens").size());
  config.hidden_size = fields.get<int64_t>("llama.embedding_length");
  config.intermediate_size = fields.get<int64_t>("llama.feed_forward_length");
  config.num_hidden_layers = fields.get<int64_t>("llama.block_count");
  config.num_attention_heads = fields.get<int64_t>("llama.attention.head_count");
  config.num_key_value_heads =
      fields.get_or<int64_t>("llama.attention.head_count_kv", config.num_attention_heads);
  read_head_size(fields, config);
  config.max_position_embeddings = fields.get<int64_t>("llama.context_length");
  config.rms_norm_eps = shortest(fields.get<double>("llama.attention.layer_norm_rms_epsilon"));
  config.rope_theta = shortest(fields.get_or<double>("llama.rope.freq_base", 10000.0));
  config.tie_word_embeddings = !gguf.tensors.contains("output.weight");
  config.bos_token_id = fields.get_or<int64_t>("tokenizer.ggml.bos_token_id", -1);
  config.eos_token_id = fields.get_or<int64_t>("tokenizer.ggml.eos_token_id", -1);
  config.pad_token_id = fields.get_or<int64_t>("tokenizer.ggml.padding_token_id", -1);
  config.chat_template = fields.get_or<std::string_view>("tokenizer.chat_template", "");
  validate(config, gguf.file.path());
  return config;
}

// Hugging Face's name for one of llama.cpp's; nothing for a tensor that the decoder has no use for.
std::optional<std::string> hf_name(const std::string& name) {
  static const std::map<std::string, std::string> outer = {
      {"token_embd.weight", "model.embed_tokens.weight"},
      {"output_norm.weight", "model.norm.weight"},
      {"output.weight", "lm_head.weight"},
  };
  static const std::map<std::string, std::string> inner = {
      {"attn_norm.weight", "input_layernorm.weight"},
      {"attn_q.weight", "self_attn.q_proj.weight"},
      {"attn_k.weight", "self_attn.k_proj.weight"},
      {"attn_v.weight", "self_attn.v_proj.weight"},
      {"attn_output.weight", "self_attn.o_proj.weight"},
      {"ffn_norm.weight", "post_attention_layernorm.weight"},
      {"ffn_gate.weight", "mlp.gate_proj.weight"},
      {"ffn_up.weight", "mlp.up_proj.weight"},
      {"ffn_down.weight", "mlp.down_proj.weight"},
  };
  if (const auto found = outer.find(name); found != outer.end()) return found->second;
  if (!name.starts_with("blk.")) return std::nullopt;
  const auto dot = name.find('.', 4);
  const auto layer = name.substr(4, dot - 4);
  if (dot == std::string::npos || layer.empty() ||
      layer.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  const auto found = inner.find(name.substr(dot + 1));
  if (found == inner.end()) return std::nullopt;
  return "model.layers." + layer + "." + found->second;
}

// Float types keep their dtype and share the mapping, quantised ones become float32.
at::Tensor read_tensor(const GgufFile& gguf, const GgufTensor& tensor) {
  switch (tensor.type) {
    case GgmlType::kF32:
      return mapped_tensor(gguf.file, tensor.bytes, tensor.shape, at::kFloat);
    case GgmlType::kF16:
      return mapped_tensor(gguf.file, tensor.bytes, tensor.shape, at::kHalf);
    case GgmlType::kBF16:
      return mapped_tensor(gguf.file, tensor.bytes, tensor.shape, at::kBFloat16);
    default:
      break;
  }
  auto values = at::empty(tensor.shape, at::kFloat);
  dequantize(tensor.type, tensor.bytes,
             {values.mutable_data_ptr<float>(), static_cast<std::size_t>(values.numel())});
  return values;
}

// llama.cpp rotates neighbouring rows of a head (2 i, 2 i + 1), Hugging Face row i of the first
// half with row i of the second; llama.cpp's converter interleaves the halves, this undoes it.
at::Tensor unpermute(const at::Tensor& weight, int64_t heads, const std::string& name,
                     const GgufFields& fields) {
  if (weight.dim() != 2 || weight.size(0) % (2 * heads) != 0) {
    fields.fail("tensor " + name + " does not divide into " + std::to_string(heads) + " heads");
  }
  return weight
      .view({heads, -1, 2, weight.size(1)})  // [heads, head_dim / 2, 2, H]
      .transpose(1, 2)
      .reshape(weight.sizes());
}

TensorMap read_weights(const GgufFile& gguf, const ModelConfig& config) {
  const GgufFields fields(gguf);
  TensorMap weights;
  for (const auto& [name, stored] : gguf.tensors) {
    const auto hugging_face = hf_name(name);
    if (!hugging_face) {
      fields.fail("tensor " + name + " has no place in the decoder",
                  "biases, rotary factors and experts are not supported");
    }
    auto tensor = read_tensor(gguf, stored);
    if (name.ends_with("attn_q.weight")) {
      tensor = unpermute(tensor, config.num_attention_heads, name, fields);
    } else if (name.ends_with("attn_k.weight")) {
      tensor = unpermute(tensor, config.num_key_value_heads, name, fields);
    }
    weights.emplace(*hugging_face, std::move(tensor));
  }
  return weights;
}

}  // namespace

Model load_gguf_model(const std::string& path) {
  const auto gguf = read_gguf(path);
  Model model;
  model.config = read_config(gguf);
  model.tokenizer = load_tokenizer("tokenizer.json", gguf_tokenizer_json(gguf), path);
  model.weights = read_weights(gguf, model.config);
  model.source = path;
  return model;
}

}  // namespace lingua

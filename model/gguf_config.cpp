#include "model/gguf_config.h"

#include <charconv>
#include <cmath>

#include "model/family.h"
#include "model/gguf_fields.h"

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

Family read_family(const GgufFields& fields) {
  const std::string architecture(fields.get<std::string_view>("general.architecture"));
  const FamilyNames* names = family_of_gguf(architecture);
  if (names == nullptr) {
    fields.fail("architecture \"" + architecture + "\" is not supported", supported_families());
  }
  return names->family;
}

// The keys of the architecture, which begin with its name.
class ArchitectureFields {
 public:
  ArchitectureFields(const GgufFields& fields, std::string architecture)
      : fields_(fields), prefix_(std::move(architecture) + ".") {}

  template <typename T>
  T get(const char* key) const {
    return fields_.get<T>(prefix_ + key);
  }

  template <typename T>
  T get_or(const char* key, T otherwise) const {
    return fields_.get_or<T>(prefix_ + key, otherwise);
  }

  [[noreturn]] void fail(const std::string& key, const std::string& message) const {
    fields_.fail(prefix_ + key + " " + message);
  }

 private:
  const GgufFields& fields_;
  std::string prefix_;
};

void check_supported(const ArchitectureFields& fields) {
  if (fields.get_or<int64_t>("expert_count", 0) > 0) {
    fields.fail("expert_count", "is set: mixtures of experts are not supported");
  }
  const std::string scaling(fields.get_or<std::string_view>("rope.scaling.type", "none"));
  if (scaling != "none") fields.fail("rope.scaling.type", "\"" + scaling + "\" is not supported");
  if (fields.get_or<double>("rope.scale_linear", 1.0) != 1.0) {
    fields.fail("rope.scale_linear", "other than 1 is not supported");
  }
  for (const char* cap : {"attn_logit_softcapping", "final_logit_softcapping"}) {
    if (fields.get_or<double>(cap, 0.0) != 0.0) fields.fail(cap, "is not supported");
  }
}

void read_head_size(const ArchitectureFields& fields, ModelConfig& config) {
  const int64_t heads = config.num_attention_heads;
  const int64_t even_share = heads > 0 ? config.hidden_size / heads : 0;
  config.head_dim = fields.get_or<int64_t>("attention.key_length", even_share);
  for (const char* key : {"attention.value_length", "rope.dimension_count"}) {
    const int64_t size = fields.get_or<int64_t>(key, config.head_dim);
    if (size != config.head_dim) {
      fields.fail(key, "is " + std::to_string(size) + ", not the head size " +
                           std::to_string(config.head_dim) + "; this is not supported");
    }
  }
}

// What llama.cpp sets itself for Gemma 3: the file has no keys for the scales.
void read_gemma3(const ArchitectureFields& fields, ModelConfig& config) {
  constexpr int64_t kLayersOf27b = 62;  // whose scale is not that of its head size
  const int64_t heads = std::max<int64_t>(config.num_attention_heads, 1);
  const auto scalar = static_cast<double>(
      config.num_hidden_layers == kLayersOf27b ? config.hidden_size / heads : config.head_dim);
  config.attention_scale = 1.0 / std::sqrt(std::max(scalar, 1.0));
  config.embedding_scale = std::sqrt(static_cast<double>(std::max<int64_t>(config.hidden_size, 1)));
  config.sliding_window = fields.get<int64_t>("attention.sliding_window");
  config.global_every = fields.get_or<int64_t>("attention.sliding_window_pattern", 6);
  config.local_rope_theta = shortest(fields.get_or<double>("rope.freq_base_swa", 10000.0));
}

}  // namespace

ModelConfig gguf_config(const GgufFile& gguf) {
  const GgufFields all(gguf);
  ModelConfig config = family_config(read_family(all));
  const ArchitectureFields fields(all, family_names(config.family).gguf);
  check_supported(fields);
  config.vocab_size = static_cast<int64_t>(all.get<GgufStrings>("tokenizer.ggml.tokens").size());
  config.hidden_size = fields.get<int64_t>("embedding_length");
  config.intermediate_size = fields.get<int64_t>("feed_forward_length");
  config.num_hidden_layers = fields.get<int64_t>("block_count");
  config.num_attention_heads = fields.get<int64_t>("attention.head_count");
  config.num_key_value_heads =
      fields.get_or<int64_t>("attention.head_count_kv", config.num_attention_heads);
  read_head_size(fields, config);
  config.max_position_embeddings = fields.get<int64_t>("context_length");
  config.rms_norm_eps = shortest(fields.get<double>(
      config.layer_norm ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon"));
  const double theta = config.family == Family::kGemma3 ? 1000000.0 : 10000.0;
  config.rope_theta = shortest(fields.get_or<double>("rope.freq_base", theta));
  if (config.family == Family::kGemma3) read_gemma3(fields, config);
  config.tie_word_embeddings = !gguf.tensors.contains("output.weight");
  config.bos_token_id = all.get_or<int64_t>("tokenizer.ggml.bos_token_id", -1);
  config.eos_token_id = all.get_or<int64_t>("tokenizer.ggml.eos_token_id", -1);
  config.pad_token_id = all.get_or<int64_t>("tokenizer.ggml.padding_token_id", -1);
  config.chat_template = all.get_or<std::string_view>("tokenizer.chat_template", "");
  validate(config, gguf.file.path());
  return config;
}

}  // namespace lingua

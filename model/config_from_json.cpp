#include <algorithm>
#include <cmath>

#include "model/config.h"
#include "model/config_fields.h"
#include "model/family.h"

namespace lingua {
namespace {

// Values that Hugging Face's configuration classes give to absent fields.
struct Defaults {
  int64_t key_value_heads;  // 0: as many as query heads
  int64_t head_dim;         // 0: hidden_size / heads
  int64_t max_positions;
  double rope_theta;
  bool tied;
  int64_t bos, eos, pad;
};

Defaults defaults_of(Family family) {
  switch (family) {
    case Family::kLlama:
      return {0, 0, 2048, 10000.0, false, 1, 2, -1};
    case Family::kQwen2:
      return {32, 0, 32768, 10000.0, false, -1, -1, -1};
    case Family::kQwen3:
      return {32, 128, 32768, 10000.0, false, -1, -1, -1};
    case Family::kGpt2:
      return {0, 0, 1024, 10000.0, true, 50256, 50256, -1};
    case Family::kGemma3:
      return {4, 256, 131072, 1000000.0, true, 2, 1, 0};
  }
  return {};
}

bool is_text(const Json& json, std::string_view text) {
  return json.is_string() && json.get_ref<const std::string&>() == text;
}

Family read_family(const ConfigFields& fields) {
  const std::string type = fields.text("model_type", "(absent)");
  const FamilyNames* names = family_of_model_type(type);
  if (names == nullptr) {
    fields.fail("model_type \"" + type + "\" is not supported", supported_families());
  }
  if (const Json* classes = fields.find("architectures")) {
    const auto wanted = [names](const Json& name) { return is_text(name, names->architecture); };
    if (!classes->is_array() || std::none_of(classes->begin(), classes->end(), wanted)) {
      fields.fail("architectures " + dump_json(*classes) + " lack " + names->architecture);
    }
  }
  return names->family;
}

// What a field must say for the decoder to compute the model.
void require_text(const ConfigFields& fields, const char* name,
                  std::initializer_list<const char*> known) {
  const std::string value = fields.text(name, *known.begin());
  if (std::find(known.begin(), known.end(), value) == known.end()) {
    fields.fail(std::string(name) + " \"" + value + "\" is not supported");
  }
}

void require_flag(const ConfigFields& fields, const char* name, bool wanted) {
  if (fields.flag(name, wanted) != wanted) {
    fields.fail(std::string(name) + (wanted ? " false" : " true") + " is not supported");
  }
}

// `rope` has the name `name` in `fields`.
double read_rope_theta(const ConfigFields& fields, const std::string& name,
                       const ConfigFields& rope, double otherwise) {
  const std::string type = rope.text("rope_type", rope.text("type", "default"));
  if (type != "default") {
    fields.fail(name + " of type \"" + type + "\" is not supported",
                "use a model without rotary scaling");
  }
  if (rope.number("partial_rotary_factor").value_or(1.0) != 1.0) {
    fields.fail("partial_rotary_factor other than 1 is not supported");
  }
  return rope.number("rope_theta").value_or(otherwise);
}

// Rotary constants stand at the top level (transformers 4) or in rope_parameters (5), there a set
// for each kind of layer where there are two.
void read_rotary(const ConfigFields& fields, double otherwise, ModelConfig& config) {
  config.rope_theta = fields.number("rope_theta").value_or(otherwise);
  config.local_rope_theta = fields.number("rope_local_base_freq").value_or(10000.0);
  for (const char* name : {"rope_scaling", "rope_parameters"}) {
    const auto rope = fields.object(name);
    if (!rope) continue;
    const auto global = rope->object("full_attention"), local = rope->object("sliding_attention");
    if (local) {
      config.local_rope_theta = read_rope_theta(fields, name, *local, config.local_rope_theta);
    }
    config.rope_theta = read_rope_theta(fields, name, global ? *global : *rope, config.rope_theta);
  }
}

// Every which layer sees all tokens. layer_types names the kind of each.
int64_t read_global_every(const ConfigFields& fields, int64_t layers) {
  const int64_t pattern = fields.integer("sliding_window_pattern")
                              .value_or(fields.integer("_sliding_window_pattern").value_or(6));
  const Json* types = fields.find("layer_types");
  if (types == nullptr) return pattern;
  if (!types->is_array() || static_cast<int64_t>(types->size()) != layers) {
    fields.fail("layer_types must name the kind of each of " + std::to_string(layers) + " layers");
  }
  const auto first = std::find_if(types->begin(), types->end(),
                                  [](const Json& type) { return is_text(type, "full_attention"); });
  // Beyond the last layer where none is global.
  const int64_t every =
      first == types->end() ? std::max(layers + 1, pattern) : first - types->begin() + 1;
  for (int64_t layer = 0; layer < layers; ++layer) {
    const char* expected = (layer + 1) % every == 0 ? "full_attention" : "sliding_attention";
    const Json& type = (*types)[static_cast<std::size_t>(layer)];
    if (!is_text(type, expected)) {
      fields.fail("layer_types is not supported: layer " + std::to_string(layer) + " is " +
                  dump_json(type) + ", with a global layer " + "every " + std::to_string(every) +
                  " layers it must be \"" + expected + "\"");
    }
  }
  return every;
}

void read_tokens(const ConfigFields& fields, const Defaults& defaults, ModelConfig& config) {
  config.tie_word_embeddings = fields.flag("tie_word_embeddings", defaults.tied);
  config.bos_token_id = fields.token("bos_token_id", defaults.bos);
  config.eos_token_id = fields.token("eos_token_id", defaults.eos);
  config.pad_token_id = fields.token("pad_token_id", defaults.pad);
}

void read_gpt2(const ConfigFields& fields, ModelConfig& config) {
  require_text(fields, "activation_function", {"gelu_new", "gelu_pytorch_tanh"});
  require_flag(fields, "scale_attn_weights", true);
  require_flag(fields, "scale_attn_by_inverse_layer_idx", false);
  require_flag(fields, "add_cross_attention", false);
  const Defaults defaults = defaults_of(config.family);
  config.hidden_size = fields.required("n_embd");
  const int64_t four_times = 4 * std::clamp<int64_t>(config.hidden_size, 0, 1 << 20);
  config.intermediate_size = fields.integer("n_inner").value_or(four_times);
  config.num_hidden_layers = fields.required("n_layer");
  config.num_attention_heads = fields.required("n_head");
  const int64_t heads = config.num_attention_heads;
  config.num_key_value_heads = heads;
  config.head_dim = heads > 0 ? config.hidden_size / heads : 0;
  config.max_position_embeddings = fields.integer("n_positions").value_or(defaults.max_positions);
  config.rms_norm_eps = fields.number("layer_norm_epsilon").value_or(1e-5);
  if (heads > 0 && config.hidden_size % heads != 0) {
    fields.fail("n_embd " + std::to_string(config.hidden_size) + " is not a multiple of n_head " +
                std::to_string(heads));
  }
}

void read_gemma3(const ConfigFields& fields, ModelConfig& config) {
  require_text(fields, "hidden_activation", {"gelu_pytorch_tanh"});
  require_flag(fields, "use_bidirectional_attention", false);
  for (const char* cap : {"attn_logit_softcapping", "final_logit_softcapping"}) {
    if (fields.number(cap)) fields.fail(std::string(cap) + " is not supported");
  }
  const double scalar = fields.number("query_pre_attn_scalar").value_or(256.0);
  if (!(scalar > 0)) fields.fail("query_pre_attn_scalar must be above 0");
  config.attention_scale = 1.0 / std::sqrt(scalar);
  config.embedding_scale = std::sqrt(static_cast<double>(std::max<int64_t>(config.hidden_size, 1)));
  config.sliding_window = fields.integer("sliding_window").value_or(4096);
  config.global_every = read_global_every(fields, config.num_hidden_layers);
}

void read_llama(const ConfigFields& fields, ModelConfig& config) {
  const Defaults defaults = defaults_of(config.family);
  config.hidden_size = fields.required("hidden_size");
  config.intermediate_size = fields.required("intermediate_size");
  config.num_hidden_layers = fields.required("num_hidden_layers");
  config.num_attention_heads = fields.required("num_attention_heads");
  const int64_t heads = config.num_attention_heads;
  const bool absent = !fields.names("num_key_value_heads") && defaults.key_value_heads > 0;
  config.num_key_value_heads =
      fields.integer("num_key_value_heads").value_or(absent ? defaults.key_value_heads : heads);
  const int64_t even_share = heads > 0 ? config.hidden_size / heads : 0;
  config.head_dim =
      fields.integer("head_dim").value_or(defaults.head_dim > 0 ? defaults.head_dim : even_share);
  config.max_position_embeddings =
      fields.integer("max_position_embeddings").value_or(defaults.max_positions);
  config.rms_norm_eps = fields.number("rms_norm_eps").value_or(1e-6);
  read_rotary(fields, defaults.rope_theta, config);
  for (const char* flag : {"attention_bias", "mlp_bias", "use_sliding_window"}) {
    require_flag(fields, flag, false);
  }
  if (config.family == Family::kGemma3) return read_gemma3(fields, config);
  require_text(fields, "hidden_act", {"silu"});
  if (fields.find("layer_types") && read_global_every(fields, config.num_hidden_layers) != 1) {
    fields.fail("layer_types with \"sliding_attention\" are not supported");
  }
}

}  // namespace

ModelConfig config_from_json(const Json& json, const std::string& where) {
  const ConfigFields fields(json, where);
  ModelConfig config = family_config(read_family(fields));
  config.vocab_size = fields.required("vocab_size");
  if (config.family == Family::kGpt2) {
    read_gpt2(fields, config);
  } else {
    read_llama(fields, config);
  }
  read_tokens(fields, defaults_of(config.family), config);
  validate(config, where);
  return config;
}

}  // namespace lingua

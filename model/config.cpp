#include "model/config.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "support/error.h"

namespace lingua {
namespace {

struct Limit {
  const char* name;
  int64_t value;
  int64_t most;
};

[[noreturn]] void fail(const std::string& where, const std::string& message,
                       const std::string& hint = "") {
  throw Error(ErrorKind::kModel, where + ": " + message, hint);
}

void check_limits(const ModelConfig& config, const std::string& where) {
  // The largest Llama models stay an order of magnitude below these.
  const Limit limits[] = {
      {"vocab_size", config.vocab_size, 1 << 22},
      {"hidden_size", config.hidden_size, 1 << 16},
      {"intermediate_size", config.intermediate_size, 1 << 18},
      {"num_hidden_layers", config.num_hidden_layers, 1 << 10},
      {"num_attention_heads", config.num_attention_heads, 1 << 10},
      {"num_key_value_heads", config.num_key_value_heads, 1 << 10},
      {"head_dim", config.head_dim, 1 << 10},
      {"max_position_embeddings", config.max_position_embeddings, 1 << 24},
  };
  for (const Limit& limit : limits) {
    if (limit.value < 1 || limit.value > limit.most) {
      fail(where, std::string(limit.name) + " is " + std::to_string(limit.value) +
                      ", it must be from 1 to " + std::to_string(limit.most));
    }
  }
}

void check_token(const char* name, int64_t id, const ModelConfig& config,
                 const std::string& where) {
  if (id < -1 || id >= config.vocab_size) {
    fail(where, std::string(name) + " is " + std::to_string(id) + ", outside the vocabulary of " +
                    std::to_string(config.vocab_size));
  }
}

// Typed access to the fields of one JSON object. Null counts as absent, as Hugging Face has it.
class Fields {
 public:
  Fields(const Json& json, const std::string& where) : json_(json), where_(where) {
    if (!json.is_object()) fail(where, "a configuration must be a JSON object");
  }

  const Json* find(const char* name) const {
    const auto field = json_.find(name);
    return field == json_.end() || field->is_null() ? nullptr : &*field;
  }

  // Whether the field is there at all, be it null.
  bool names(const char* name) const { return json_.contains(name); }

  std::optional<int64_t> integer(const char* name) const {
    const Json* field = find(name);
    if (field == nullptr) return std::nullopt;
    if (!field->is_number_integer()) wrong_type(name, "an integer", *field);
    return field->get<int64_t>();
  }

  int64_t required(const char* name) const {
    const auto value = integer(name);
    if (!value) fail(where_, std::string("the field ") + name + " is missing");
    return *value;
  }

  std::optional<double> number(const char* name) const {
    const Json* field = find(name);
    if (field == nullptr) return std::nullopt;
    if (!field->is_number()) wrong_type(name, "a number", *field);
    return field->get<double>();
  }

  bool flag(const char* name, bool otherwise) const {
    const Json* field = find(name);
    if (field == nullptr) return otherwise;
    if (!field->is_boolean()) wrong_type(name, "true or false", *field);
    return field->get<bool>();
  }

  std::string text(const char* name, const std::string& otherwise) const {
    const Json* field = find(name);
    if (field == nullptr) return otherwise;
    if (!field->is_string()) wrong_type(name, "a string", *field);
    return field->get<std::string>();
  }

  // One id, or the first of a list; `otherwise` where the field is absent, -1 where it is null.
  int64_t token(const char* name, int64_t otherwise) const {
    const Json* field = find(name);
    if (field == nullptr) return names(name) ? -1 : otherwise;
    const Json& id = field->is_array() && !field->empty() ? field->front() : *field;
    if (!id.is_number_integer()) wrong_type(name, "a token id", *field);
    return id.get<int64_t>();
  }

 private:
  [[noreturn]] void wrong_type(const char* name, const char* wanted, const Json& field) const {
    fail(where_,
         std::string(name) + " must be " + wanted + ", it is " + dump_json(field).substr(0, 60));
  }

  const Json& json_;
  const std::string& where_;
};

void check_supported(const Fields& fields, const std::string& where) {
  const std::string type = fields.text("model_type", "(absent)");
  if (type != "llama") {
    fail(where, "model_type \"" + type + "\" is not supported",
         "lingua runs models of model_type llama, such as SmolLM2 and TinyLlama");
  }
  if (const Json* names = fields.find("architectures")) {
    const bool known = names->is_array() &&
                       std::any_of(names->begin(), names->end(),
                                   [](const Json& name) { return name == "LlamaForCausalLM"; });
    if (!known) fail(where, "architectures " + dump_json(*names) + " lack LlamaForCausalLM");
  }
  const std::string activation = fields.text("hidden_act", "silu");
  if (activation != "silu") fail(where, "hidden_act \"" + activation + "\" is not supported");
  for (const char* bias : {"attention_bias", "mlp_bias"}) {
    if (fields.flag(bias, false)) fail(where, std::string(bias) + " true is not supported");
  }
}

// Rotary constants stand at the top level (transformers 4) or in rope_parameters (5).
double read_rope_theta(const Fields& fields, const std::string& where) {
  double theta = fields.number("rope_theta").value_or(10000.0);
  for (const char* name : {"rope_scaling", "rope_parameters"}) {
    const Json* json = fields.find(name);
    if (json == nullptr) continue;
    const Fields rope(*json, where);
    const std::string type = rope.text("rope_type", rope.text("type", "default"));
    if (type != "default") {
      fail(where, std::string(name) + " of type \"" + type + "\" is not supported",
           "use a model without rotary scaling");
    }
    theta = rope.number("rope_theta").value_or(theta);
    if (rope.number("partial_rotary_factor").value_or(1.0) != 1.0) {
      fail(where, "partial_rotary_factor other than 1 is not supported");
    }
  }
  return theta;
}

}  // namespace

void validate(const ModelConfig& config, const std::string& where) {
  check_limits(config, where);
  if (config.num_attention_heads % config.num_key_value_heads != 0) {
    fail(where, "num_attention_heads " + std::to_string(config.num_attention_heads) +
                    " is not a multiple of num_key_value_heads " +
                    std::to_string(config.num_key_value_heads));
  }
  if (config.head_dim % 2 != 0) {
    fail(where, "head_dim is " + std::to_string(config.head_dim) + ", it must be even");
  }
  if (!(config.rms_norm_eps > 0.0 && config.rms_norm_eps < 1.0)) {
    fail(where,
         "rms_norm_eps is " + std::to_string(config.rms_norm_eps) + ", it must be between 0 and 1");
  }
  if (!(config.rope_theta >= 1.0 && std::isfinite(config.rope_theta))) {
    fail(where, "rope_theta is " + std::to_string(config.rope_theta) + ", it must be at least 1");
  }
  check_token("bos_token_id", config.bos_token_id, config, where);
  check_token("eos_token_id", config.eos_token_id, config, where);
  check_token("pad_token_id", config.pad_token_id, config, where);
}

ModelConfig config_from_json(const Json& json, const std::string& where) {
  const Fields fields(json, where);
  check_supported(fields, where);
  ModelConfig config;
  config.vocab_size = fields.required("vocab_size");
  config.hidden_size = fields.required("hidden_size");
  config.intermediate_size = fields.required("intermediate_size");
  config.num_hidden_layers = fields.required("num_hidden_layers");
  config.num_attention_heads = fields.required("num_attention_heads");
  // What is absent gets the value that Hugging Face's LlamaConfig gives it.
  const int64_t heads = config.num_attention_heads;
  config.num_key_value_heads = fields.integer("num_key_value_heads").value_or(heads);
  config.head_dim = fields.integer("head_dim").value_or(heads > 0 ? config.hidden_size / heads : 0);
  config.max_position_embeddings = fields.integer("max_position_embeddings").value_or(2048);
  config.rms_norm_eps = fields.number("rms_norm_eps").value_or(1e-6);
  config.rope_theta = read_rope_theta(fields, where);
  config.tie_word_embeddings = fields.flag("tie_word_embeddings", false);
  config.bos_token_id = fields.token("bos_token_id", 1);
  config.eos_token_id = fields.token("eos_token_id", 2);
  config.pad_token_id = fields.token("pad_token_id", -1);
  validate(config, where);
  return config;
}

Json config_to_json(const ModelConfig& config) {
  const auto token = [](int64_t id) { return id < 0 ? Json(nullptr) : Json(id); };
  return Json{
      {"architectures", {"LlamaForCausalLM"}},
      {"model_type", "llama"},
      {"vocab_size", config.vocab_size},
      {"hidden_size", config.hidden_size},
      {"intermediate_size", config.intermediate_size},
      {"num_hidden_layers", config.num_hidden_layers},
      {"num_attention_heads", config.num_attention_heads},
      {"num_key_value_heads", config.num_key_value_heads},
      {"head_dim", config.head_dim},
      {"max_position_embeddings", config.max_position_embeddings},
      {"rms_norm_eps", config.rms_norm_eps},
      {"rope_theta", config.rope_theta},
      {"rope_parameters", {{"rope_type", "default"}, {"rope_theta", config.rope_theta}}},
      {"tie_word_embeddings", config.tie_word_embeddings},
      {"bos_token_id", token(config.bos_token_id)},
      {"eos_token_id", token(config.eos_token_id)},
      {"pad_token_id", token(config.pad_token_id)},
      {"hidden_act", "silu"},
      {"attention_bias", false},
      {"mlp_bias", false},
      {"torch_dtype", "float32"},
  };
}

}  // namespace lingua

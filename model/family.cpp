#include "model/family.h"

namespace lingua {
namespace {

constexpr FamilyNames kFamilies[] = {
    {Family::kLlama, "llama", "LlamaForCausalLM", "llama"},
    {Family::kQwen2, "qwen2", "Qwen2ForCausalLM", "qwen2"},
    {Family::kQwen3, "qwen3", "Qwen3ForCausalLM", "qwen3"},
    {Family::kGpt2, "gpt2", "GPT2LMHeadModel", "gpt2"},
    {Family::kGemma3, "gemma3_text", "Gemma3ForCausalLM", "gemma3"},
};

template <class Predicate>
const FamilyNames* find(Predicate matches) {
  for (const FamilyNames& names : kFamilies) {
    if (matches(names)) return &names;
  }
  return nullptr;
}

}  // namespace

const FamilyNames& family_names(Family family) {
  return *find([family](const FamilyNames& names) { return names.family == family; });
}

const FamilyNames* family_of_model_type(std::string_view model_type) {
  return find([model_type](const FamilyNames& names) { return names.model_type == model_type; });
}

const FamilyNames* family_of_gguf(std::string_view architecture) {
  return find([architecture](const FamilyNames& names) { return names.gguf == architecture; });
}

std::string supported_families() {
  return "lingua runs Llama (SmolLM2, TinyLlama), Qwen2, Qwen3, GPT-2 and Gemma 3 text models";
}

ModelConfig family_config(Family family) {
  ModelConfig config;
  config.family = family;
  switch (family) {
    case Family::kLlama:
      break;
    case Family::kQwen2:
      config.qkv_bias = true;
      break;
    case Family::kQwen3:
      config.query_key_norm = true;
      break;
    case Family::kGpt2:
      config.activation = Activation::kGelu;
      config.gated_mlp = false;
      config.layer_norm = true;
      config.qkv_bias = true;
      config.projection_bias = true;
      config.learned_positions = true;
      break;
    case Family::kGemma3:
      config.activation = Activation::kGelu;
      config.unit_offset_norm = true;
      config.sandwich_norm = true;
      config.query_key_norm = true;
      break;
  }
  return config;
}

bool is_local_layer(const ModelConfig& config, int64_t layer) {
  return config.sliding_window > 0 && (layer + 1) % config.global_every != 0;
}

}  // namespace lingua

#include "export/gguf_metadata.h"

#include <cmath>

#include "export/gguf_vocabulary.h"
#include "export/weights.h"
#include "lingua_version.h"
#include "model/family.h"
#include "model/report_names.h"
#include "support/error.h"

namespace lingua {
namespace {

// Numbers of general.file_type, llama.cpp's llama_ftype.
int64_t file_type(const std::string& dtype, const TensorMap& weights) {
  const std::string name = dtype == "keep" ? weights_dtype(weights) : dtype;
  if (name == "fp16" || name == "float16") return 1;
  if (name == "q4_0") return 2;
  if (name == "q8_0") return 7;
  return name == "bf16" || name == "bfloat16" ? 32 : 0;
}

// llama.cpp sets Gemma 3's scales by itself; the file has no keys for them.
void check_scales(const Model& model) {
  const ModelConfig& config = model.config;
  if (config.family != Family::kGemma3) return;
  constexpr int64_t kLayersOf27b = 62;
  const auto width = static_cast<double>(config.num_hidden_layers == kLayersOf27b
                                             ? config.hidden_size / config.num_attention_heads
                                             : config.head_dim);
  const double attention = 1 / std::sqrt(width);
  const double embedding = std::sqrt(static_cast<double>(config.hidden_size));
  const auto near = [](double a, double b) { return std::fabs(a - b) <= 1e-6 * b; };
  if (near(config.attention_scale, attention) && near(config.embedding_scale, embedding)) return;
  throw Error(ErrorKind::kModel,
              model.source + ": its scales (attention " + std::to_string(config.attention_scale) +
                  ", embedding " + std::to_string(config.embedding_scale) +
                  ") are not those of a Gemma 3 of this shape (" + std::to_string(attention) +
                  " and " + std::to_string(embedding) + "), which llama.cpp takes for granted",
              "export as --format hf");
}

// "135M"
std::string size_label(const TensorMap& weights) {
  int64_t count = 0;
  for (const auto& [name, values] : weights) count += values.numel();
  if (count >= 1'000'000'000) return std::to_string((count + 500'000'000) / 1'000'000'000) + "B";
  if (count >= 1'000'000) return std::to_string((count + 500'000) / 1'000'000) + "M";
  return std::to_string((count + 500) / 1000) + "K";
}

void add_general(const Model& model, const Provenance& provenance, const std::string& dtype,
                 GgufMetadataDraft& metadata) {
  const std::string name = provenance.base + (provenance.is_aligned ? " aligned" : "");
  metadata.add_text("general.architecture", family_names(model.config.family).gguf);
  metadata.add_text("general.type", "model");
  metadata.add_text("general.name", name);
  if (provenance.is_aligned) metadata.add_text("general.finetune", "aligned");
  metadata.add_text("general.size_label", size_label(model.weights));
  if (!provenance.licence.empty()) metadata.add_text("general.license", provenance.licence);
  if (provenance.is_aligned) {
    metadata.add_count("general.base_model.count", 1);
    metadata.add_text("general.base_model.0.name", provenance.base);
  }
  if (!provenance.files.empty()) {
    metadata.add_count("general.dataset.count", static_cast<int64_t>(provenance.files.size()));
  }
  for (std::size_t i = 0; i < provenance.files.size(); ++i) {
    metadata.add_text("general.dataset." + std::to_string(i) + ".name", provenance.files[i].name);
  }
  metadata.add_count("general.file_type", file_type(dtype, model.weights));
  metadata.add_count("general.quantization_version", 2);
}

void add_attention(const ModelConfig& config, const std::string& prefix,
                   GgufMetadataDraft& metadata) {
  metadata.add_count(prefix + "attention.head_count", config.num_attention_heads);
  metadata.add_count(prefix + "attention.head_count_kv", config.num_key_value_heads);
  metadata.add_number(prefix + (config.layer_norm ? "attention.layer_norm_epsilon"
                                                  : "attention.layer_norm_rms_epsilon"),
                      config.rms_norm_eps);
  if (config.learned_positions) return;
  metadata.add_count(prefix + "attention.key_length", config.head_dim);
  metadata.add_count(prefix + "attention.value_length", config.head_dim);
  metadata.add_count(prefix + "rope.dimension_count", config.head_dim);
  metadata.add_number(prefix + "rope.freq_base", config.rope_theta);
  if (config.sliding_window > 0) {
    metadata.add_count(prefix + "attention.sliding_window", config.sliding_window);
    metadata.add_count(prefix + "attention.sliding_window_pattern", config.global_every);
    metadata.add_number(prefix + "rope.freq_base_swa", config.local_rope_theta);
  }
}

void add_shape(const ModelConfig& config, GgufMetadataDraft& metadata) {
  const std::string prefix = std::string(family_names(config.family).gguf) + ".";
  metadata.add_count(prefix + "vocab_size", config.vocab_size);
  metadata.add_count(prefix + "block_count", config.num_hidden_layers);
  metadata.add_count(prefix + "context_length", config.max_position_embeddings);
  metadata.add_count(prefix + "embedding_length", config.hidden_size);
  metadata.add_count(prefix + "feed_forward_length", config.intermediate_size);
  add_attention(config, prefix, metadata);
}

void add_lingua(const Model& model, const Provenance& provenance, GgufMetadataDraft& metadata) {
  metadata.add_text("lingua.version", LINGUA_VERSION);
  if (model.report.is_null()) return;
  std::vector<std::string> hashes;
  for (const auto& file : provenance.files) hashes.push_back(file.sha256);
  if (!hashes.empty()) metadata.add_texts("lingua.data.sha256", hashes);
  if (provenance.has_gain) {
    metadata.add_number("lingua.gain.bits_per_byte_before", provenance.bits_before);
    metadata.add_number("lingua.gain.bits_per_byte_after", provenance.bits_after);
    metadata.add_number("lingua.gain.percent", provenance.gain_percent());
  }
  metadata.add_text(kReportKey, dump_json(model.report));
}

}  // namespace

GgufMetadataDraft gguf_metadata(const Model& model, const Provenance& provenance,
                                const std::string& chat_template, const std::string& dtype) {
  check_scales(model);
  GgufMetadataDraft metadata;
  add_general(model, provenance, dtype, metadata);
  add_shape(model.config, metadata);
  add_gguf_vocabulary(model, metadata);
  if (!chat_template.empty()) metadata.add_text("tokenizer.chat_template", chat_template);
  add_lingua(model, provenance, metadata);
  return metadata;
}

}  // namespace lingua

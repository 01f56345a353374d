#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "model/config.h"
#include "model/tensor_map.h"
#include "model/tokenizer.h"
#include "support/json.h"

namespace lingua {

// LoRA adapters kept apart from a model's weights, named as PEFT names them without its prefix:
// "model.layers.0.self_attn.q_proj.lora_A.weight" [r, in] and "...lora_B.weight" [out, r].
struct AdapterSet {
  int64_t rank = 0;  // 0: there are none
  double alpha = 0;  // the product is scaled by alpha / rank
  TensorMap tensors;
};

// A model as a file holds it, before it is laid out for running.
struct Model {
  ModelConfig config;
  TensorMap weights;    // Hugging Face names; in the dtype of the file, quantised ones as float32
  AdapterSet adapters;  // to be added to the weights
  std::shared_ptr<const Tokenizer> tokenizer;
  Json report;         // what training recorded about it; null for a base model
  std::string source;  // path that it was read from
};

// What an aligned.pt is held against while it is read. Other formats have nothing of the kind.
enum class Integrity {
  kChecksums,  // the CRC-32 of each record, which finds damage
  kHashes,     // the SHA-256, which takes a second for one to two gigabytes and thread
};

// `spec` is an aligned.pt, a Hugging Face directory, a GGUF file, or a name such as
// "smollm2-135m-instruct" (a GGUF file in the models folder that set-up fills).
// Throws Error(kModel): not found (the hint lists the known names), damaged, not supported.
Model load_model(const std::string& spec, Integrity integrity = Integrity::kHashes);

// Where set-up keeps named models: $LINGUA_CACHE/models, else $XDG_CACHE_HOME/lingua/models, else
// ~/.cache/lingua/models.
std::string models_folder();

// The three readers behind load_model().
Model load_gguf_model(const std::string& path);
Model load_hf_model(const std::string& directory);
Model load_aligned_model(const std::string& path, Integrity integrity = Integrity::kHashes);

// Writes `model` to `path` atomically as PyTorch's zip layout plus lingua.json (docs/formats.md).
// Weights keep their dtype. Throws Error(kModel).
void save_aligned_model(const Model& model, const std::string& path);

}  // namespace lingua

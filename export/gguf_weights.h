#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "export/gguf_directory.h"
#include "model/loader.h"

namespace lingua {

// What llama.cpp wants done to a tensor of Hugging Face's files.
enum class GgufChange {
  kNone,
  kInterleaveQueries,  // rotation over neighbouring rows of a head instead of its halves
  kInterleaveKeys,
  kTranspose,  // GPT-2's [in, out]
  kAddOne,     // Gemma's norms, which scale by 1 + weight
};

// A weight of a model and what becomes of it in a GGUF file.
struct GgufWeight {
  std::string name;  // Hugging Face's
  GgufChange change = GgufChange::kNone;
  GgufEntry entry;
};

// Every weight of the model in file order. `dtype` is fp32, fp16, bf16, q8_0, q4_0, or keep, which
// keeps each tensor's float type. As llama.cpp's own converter has it, vectors and position
// embeddings are F32, whatever `dtype` says, and rows that are no multiple of a quantised block are
// F16. With q4_0 embedding and head, where errors cost most, are Q8_0.
// Throws Error(kModel) when a weight is missing or has another shape than the configuration says.
std::vector<GgufWeight> gguf_weights(const Model& model, const std::string& dtype);

// The tensor as the file holds it, before quantisation: [..] of entry.shape, strided.
at::Tensor changed_for_gguf(const GgufWeight& weight, const at::Tensor& values,
                            const ModelConfig& config);

}  // namespace lingua

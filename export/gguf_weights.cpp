#include "export/gguf_weights.h"

#include <utility>

#include "model/weight_layout.h"
#include "support/error.h"

namespace lingua {
namespace {

GgufChange change_of(const WeightPlace& place, const ModelConfig& config) {
  if (place.transposed) return GgufChange::kTranspose;
  if (place.role == WeightRole::kNorm && config.unit_offset_norm) return GgufChange::kAddOne;
  if (config.family == Family::kLlama) {
    if (place.gguf.ends_with("attn_q.weight")) return GgufChange::kInterleaveQueries;
    if (place.gguf.ends_with("attn_k.weight")) return GgufChange::kInterleaveKeys;
  }
  return GgufChange::kNone;
}

GgmlType float_type(const at::Tensor& values) {
  if (values.scalar_type() == at::kHalf) return GgmlType::kF16;
  return values.scalar_type() == at::kBFloat16 ? GgmlType::kBF16 : GgmlType::kF32;
}

GgmlType wanted_type(const std::string& dtype, const WeightPlace& place, const at::Tensor& values) {
  if (dtype == "keep") return float_type(values);
  if (dtype == "fp32") return GgmlType::kF32;
  if (dtype == "fp16") return GgmlType::kF16;
  if (dtype == "bf16") return GgmlType::kBF16;
  if (dtype == "q8_0") return GgmlType::kQ8_0;
  if (dtype == "q4_0") {
    return place.role == WeightRole::kEmbedding ? GgmlType::kQ8_0 : GgmlType::kQ4_0;
  }
  throw Error(ErrorKind::kUsage, "no GGUF file has weights of type " + dtype);
}

GgmlType type_of(const std::string& dtype, const WeightPlace& place, const GgufEntry& entry,
                 const at::Tensor& values) {
  if (entry.shape.size() == 1 || entry.name == "position_embd.weight") return GgmlType::kF32;
  const auto wanted = wanted_type(dtype, place, values);
  return entry.shape.back() % block_layout(wanted).elements == 0 ? wanted : GgmlType::kF16;
}

// Row i of a head's first half becomes row 2 i, row i of the second half row 2 i + 1.
at::Tensor interleave(const at::Tensor& values, int64_t heads) {
  return values
      .view({heads, 2, -1, values.size(-1)})  // [heads, 2, head_dim / 2, H]
      .transpose(1, 2)
      .reshape(values.sizes());
}

}  // namespace

std::vector<GgufWeight> gguf_weights(const Model& model, const std::string& dtype) {
  std::vector<GgufWeight> weights;
  for (const WeightPlace& place : weight_layout(model.config)) {
    const auto found = model.weights.find(place.name);
    if (found == model.weights.end()) {
      throw Error(ErrorKind::kModel, model.source + ": the tensor " + place.name + " is missing");
    }
    if (found->second.sizes() != at::IntArrayRef(place.shape)) {
      throw Error(ErrorKind::kModel, model.source + ": the tensor " + place.name +
                                         " has another shape than its "
                                         "configuration says");
    }
    GgufWeight weight = {place.name, change_of(place, model.config), {place.gguf, {}, place.shape}};
    if (place.transposed && place.shape.size() == 2) {
      std::swap(weight.entry.shape[0], weight.entry.shape[1]);
    }
    weight.entry.type = type_of(dtype, place, weight.entry, found->second);
    weights.push_back(std::move(weight));
  }
  return weights;
}

at::Tensor changed_for_gguf(const GgufWeight& weight, const at::Tensor& values,
                            const ModelConfig& config) {
  switch (weight.change) {
    case GgufChange::kNone:
      return values;
    case GgufChange::kInterleaveQueries:
      return interleave(values, config.num_attention_heads);
    case GgufChange::kInterleaveKeys:
      return interleave(values, config.num_key_value_heads);
    case GgufChange::kTranspose:
      return values.t();
    case GgufChange::kAddOne:
      return values.to(at::kFloat).add(1.0);
  }
  return values;
}

}  // namespace lingua

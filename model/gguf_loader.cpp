#include <ATen/Functions.h>

#include <map>
#include <utility>

#include "model/dequantize.h"
#include "model/gguf_config.h"
#include "model/gguf_fields.h"
#include "model/gguf_tokenizer.h"
#include "model/loader.h"
#include "model/mapped_tensor.h"
#include "model/report_names.h"
#include "model/weight_layout.h"

namespace lingua {
namespace {

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
// half with row i of the second; llama.cpp's converter interleaves the halves of Llama's heads,
// this undoes it.
at::Tensor unpermute(const at::Tensor& weight, int64_t heads) {
  return weight
      .view({heads, -1, 2, weight.size(1)})  // [heads, head_dim / 2, 2, H]
      .transpose(1, 2)
      .reshape(weight.sizes());
}

// The tensor as Hugging Face's files hold it.
at::Tensor as_hugging_face(const at::Tensor& tensor, const WeightPlace& place,
                           const ModelConfig& config) {
  if (place.transposed) return tensor.t();
  // The factor of the norm itself, where Hugging Face has its difference from 1.
  if (config.unit_offset_norm && place.role == WeightRole::kNorm) {
    return tensor.to(at::kFloat).sub(1.0);
  }
  if (config.family != Family::kLlama) return tensor;
  if (place.gguf.ends_with("attn_q.weight")) return unpermute(tensor, config.num_attention_heads);
  if (place.gguf.ends_with("attn_k.weight")) return unpermute(tensor, config.num_key_value_heads);
  return tensor;
}

TensorMap read_weights(const GgufFile& gguf, const ModelConfig& config) {
  const GgufFields fields(gguf);
  std::map<std::string, WeightPlace> places;
  for (WeightPlace& place : weight_layout(config)) places.emplace(place.gguf, std::move(place));
  TensorMap weights;
  for (const auto& [name, stored] : gguf.tensors) {
    const auto found = places.find(name);
    if (found == places.end()) {
      fields.fail("tensor " + name + " has no place in the decoder",
                  "rotary factors, experts and further biases are not supported");
    }
    const WeightPlace& place = found->second;
    auto shape = place.shape;
    if (place.transposed) std::swap(shape[0], shape[1]);
    if (stored.shape != shape) {
      fields.fail("tensor " + name + " has another shape than the metadata asks for");
    }
    weights.emplace(place.name, as_hugging_face(read_tensor(gguf, stored), place, config));
  }
  return weights;
}

}  // namespace

Model load_gguf_model(const std::string& path) {
  const auto gguf = read_gguf(path);
  Model model;
  model.config = gguf_config(gguf);
  model.tokenizer = load_gguf_tokenizer(gguf);
  model.weights = read_weights(gguf, model.config);
  const GgufFields fields(gguf);
  if (const auto* report = fields.find<std::string_view>(kReportKey)) {
    model.report = parse_json(*report, path + ": " + kReportKey, ErrorKind::kModel);
  }
  model.source = path;
  return model;
}

}  // namespace lingua

#include "export/weights.h"

#include <ATen/ATen.h>

#include "support/error.h"
#include "support/interrupt.h"

namespace lingua {
namespace {

at::ScalarType wanted_dtype(const TensorMap& weights, const std::string& name) {
  if (name == "fp32") return at::kFloat;
  if (name == "bf16") return at::kBFloat16;
  if (name == "fp16") return at::kHalf;
  if (name != "keep") throw Error(ErrorKind::kUsage, "no weights of type " + name);
  const auto first = weights.begin()->second.scalar_type();
  for (const auto& [tensor, values] : weights) {
    if (values.scalar_type() != first) return at::kFloat;
  }
  return first;
}

}  // namespace

TensorMap convert_weights(const TensorMap& weights, const std::string& dtype) {
  const auto wanted = wanted_dtype(weights, dtype);
  TensorMap converted;
  for (const auto& [name, values] : weights) {
    throw_if_interrupted();
    auto result = values.to(wanted);
    if (!at::isfinite(result).all().item<bool>()) {
      const bool was_finite = at::isfinite(values).all().item<bool>();
      throw Error(ErrorKind::kModel,
                  "the tensor " + name +
                      (was_finite ? " has values over 65504, the most in fp16"
                                  : " has values that are not finite"),
                  was_finite ? "export as --dtype bf16" : "the model is damaged; train it again");
    }
    converted.emplace(name, std::move(result));
  }
  return converted;
}

std::string weights_dtype(const TensorMap& weights) {
  switch (weights.begin()->second.scalar_type()) {
    case at::kBFloat16:
      return "bfloat16";
    case at::kHalf:
      return "float16";
    default:
      return "float32";
  }
}

}  // namespace lingua

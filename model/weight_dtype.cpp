#include "model/weight_dtype.h"

#include "support/error.h"

namespace lingua {
namespace {

constexpr WeightDtype kDtypes[] = {
    {at::kFloat, "float32", "F32", "FloatStorage"},
    {at::kHalf, "float16", "F16", "HalfStorage"},
    {at::kBFloat16, "bfloat16", "BF16", "BFloat16Storage"},
};

template <typename Predicate>
const WeightDtype* find(Predicate matches) {
  for (const WeightDtype& dtype : kDtypes) {
    if (matches(dtype)) return &dtype;
  }
  return nullptr;
}

}  // namespace

const WeightDtype* weight_dtype(at::ScalarType type) {
  return find([type](const WeightDtype& dtype) { return dtype.type == type; });
}

const WeightDtype* weight_dtype_named(std::string_view name) {
  return find([name](const WeightDtype& dtype) { return dtype.name == name; });
}

const WeightDtype* weight_dtype_in_safetensors(std::string_view name) {
  return find([name](const WeightDtype& dtype) { return dtype.safetensors == name; });
}

std::optional<std::size_t> weight_bytes(const WeightDtype& dtype,
                                        const std::vector<int64_t>& shape) {
  auto bytes = static_cast<int64_t>(c10::elementSize(dtype.type));
  for (const int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(bytes, size, &bytes)) return std::nullopt;
  }
  return static_cast<std::size_t>(bytes);
}

at::Tensor writable_weight(const std::string& name, const at::Tensor& tensor) {
  if (weight_dtype(tensor.scalar_type()) == nullptr) {
    throw Error(ErrorKind::kModel, "tensor " + name + " is of type " +
                                       c10::toString(tensor.scalar_type()) +
                                       ", only float32, float16 and bfloat16 can be written");
  }
  return tensor.detach().cpu().contiguous();
}

std::string_view bytes_of(const at::Tensor& tensor) {
  return {static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()};
}

}  // namespace lingua

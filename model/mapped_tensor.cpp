#include "model/mapped_tensor.h"

#include <ATen/Functions.h>

#include <cstring>

#include "support/error.h"

namespace lingua {

at::Tensor mapped_tensor(const MappedFile& file, std::string_view bytes,
                         const std::vector<int64_t>& shape, at::ScalarType dtype) {
  const std::size_t element = c10::elementSize(dtype);
  std::size_t expected = element;
  for (const int64_t size : shape) expected *= static_cast<std::size_t>(size);
  if (expected != bytes.size()) {
    throw Error(ErrorKind::kInternal, file.path() + ": " + std::to_string(bytes.size()) +
                                          " bytes for a tensor of " + std::to_string(expected));
  }
  if (bytes.empty() || reinterpret_cast<std::uintptr_t>(bytes.data()) % element != 0) {
    auto copy = at::empty(shape, dtype);
    if (!bytes.empty()) std::memcpy(copy.mutable_data_ptr(), bytes.data(), bytes.size());
    return copy;
  }
  // from_blob wants a writable pointer; the mapping is read-only all the same.
  return at::from_blob(
      const_cast<char*>(bytes.data()), shape, [owner = file.owner()](void*) {}, dtype);
}

}  // namespace lingua

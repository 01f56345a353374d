#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <string>

namespace lingua {

// Throws Error(kUsage) unless `name` is cpu, cuda (the first GPU) or cuda:N.
void validate_device_name(const std::string& name);

// Where to compute. Throws Error(kUsage) for a GPU that this libtorch or this machine lacks.
at::Device choose_device(const std::string& name);

// A tensor of the processor on the device. A GPU fetches it from pinned memory when its work before
// is done; nobody waits for that.
at::Tensor to_device(const at::Tensor& tensor, const at::Device& device);

}  // namespace lingua

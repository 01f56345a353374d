#include "model/device.h"

#include <ATen/ATen.h>

#include <charconv>

#include "support/error.h"

namespace lingua {
namespace {

constexpr const char* kCuda = "cuda";

// The number in cuda:N, 0 for cuda alone; -1: the name is neither.
int gpu_of(const std::string& name) {
  if (name == kCuda) return 0;
  const std::string prefix = std::string(kCuda) + ':';
  if (!name.starts_with(prefix)) return -1;
  int number = -1;
  const char* const end = name.data() + name.size();
  const auto [parsed, failure] = std::from_chars(name.data() + prefix.size(), end, number);
  return failure == std::errc() && parsed == end && number <= 127 ? number : -1;
}

}  // namespace

void validate_device_name(const std::string& name) {
  if (name == "cpu" || gpu_of(name) >= 0) return;
  throw Error(ErrorKind::kUsage, "--device " + name + " is not known",
              "choose cpu, cuda or cuda:N, the GPU of that number");
}

at::Device choose_device(const std::string& name) {
  validate_device_name(name);
  if (name == "cpu") return at::kCPU;
  const std::string what = "--device " + name + ": ";
  if (!at::Context::hasCUDART()) {
    throw Error(ErrorKind::kUsage, what + "this libtorch was built without CUDA",
                "build with one that has it (LINGUA_TORCH=/path scripts/build), or leave it out");
  }
  const auto count = static_cast<int>(at::getNumGPUs());
  const int gpu = gpu_of(name);
  if (gpu >= count) {
    throw Error(ErrorKind::kUsage,
                what + "libtorch finds " + std::to_string(count) + " GPUs on this machine",
                count == 0 ? "see whether nvidia-smi shows one, or leave it out"
                           : "they are counted from 0");
  }
  return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(gpu));
}

at::Tensor to_device(const at::Tensor& tensor, const at::Device& device) {
  return device.is_cuda() ? tensor.pin_memory().to(device, /*non_blocking=*/true)
                          : tensor.to(device);
}

}  // namespace lingua

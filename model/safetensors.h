#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/tensor_map.h"

namespace lingua {

// Reads a .safetensors file (8-byte length, JSON header, bytes) strictly: offsets contiguous and
// inside the file, shapes matching, no duplicate names. F32, F16 and BF16 tensors; they share the
// file's mapping. Throws Error(kModel) naming path, tensor and value.
TensorMap read_safetensors(const std::string& path);

// Writes `tensors` (contiguous copies are made where needed) with `metadata` atomically.
void write_safetensors(const std::string& path, const TensorMap& tensors,
                       const std::map<std::string, std::string>& metadata);

}  // namespace lingua

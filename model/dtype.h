#pragma once

#include <ATen/core/ScalarType.h>

#include <cstdint>
#include <string>

namespace lingua {

// What a GEMM of the decoder's shape reaches on this machine, in 10^9 operations a second.
struct GemmRates {
  double fp32 = 0;
  double bf16 = 0;  // 0 where the processor has no instructions for it
};

// Times [256, hidden] x [hidden, 4 hidden] products in both types by turns, so that other work on
// the machine slows both; for 0.02 s, and what their first calls take.
GemmRates measure_gemm(int64_t hidden);

// "fp32", "bf16", or "auto", which takes bf16 only where `rates` shows it clearly faster (1.3
// times). Another name is an Error(kUsage).
at::ScalarType choose_dtype(const std::string& name, const GemmRates& rates);

// Throws Error(kUsage) unless `name` is auto, fp32 or bf16; or, for what only runs a model, int8.
void validate_dtype_name(const std::string& name);
void validate_running_dtype_name(const std::string& name);

std::string dtype_name(at::ScalarType dtype);

// Sets libtorch's threads (it may start with one). 0 takes the processors of this process.
// Returns the number set.
int set_threads(int threads);

}  // namespace lingua

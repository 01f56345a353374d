#include "model/dtype.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <sched.h>

#include <algorithm>
#include <chrono>

#include "support/error.h"

namespace lingua {
namespace {

constexpr double kWorthwhile = 1.3;  // bf16 loses digits: it must pay for them

double gemm_rate(int64_t hidden, at::ScalarType dtype) {
  using Clock = std::chrono::steady_clock;
  constexpr int64_t kRows = 256;
  const c10::InferenceMode inference;
  const auto x = at::ones({kRows, hidden}, dtype), weight = at::ones({4 * hidden, hidden}, dtype);
  const double operations = 2.0 * kRows * static_cast<double>(hidden * 4 * hidden);
  at::linear(x, weight);  // the first call sets up threads and code
  double best = 0, spent = 0;
  for (int run = 0; run < 50 && spent < 0.05; ++run) {
    const auto start = Clock::now();
    at::linear(x, weight);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::max(best, operations / seconds / 1e9);
    spent += seconds;
  }
  return best;
}

int available_processors() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

}  // namespace

GemmRates measure_gemm(int64_t hidden) {
  return {gemm_rate(hidden, at::kFloat), gemm_rate(hidden, at::kBFloat16)};
}

void validate_dtype_name(const std::string& name) {
  if (name != "auto" && name != "fp32" && name != "bf16") {
    throw Error(ErrorKind::kUsage, "--dtype " + name + " is not known",
                "choose auto, fp32 or bf16");
  }
}

at::ScalarType choose_dtype(const std::string& name, const GemmRates& rates) {
  validate_dtype_name(name);
  if (name == "fp32") return at::kFloat;
  if (name == "bf16") return at::kBFloat16;
  return rates.bf16 > kWorthwhile * rates.fp32 ? at::kBFloat16 : at::kFloat;
}

std::string dtype_name(at::ScalarType dtype) {
  return dtype == at::kBFloat16 ? "bf16" : dtype == at::kFloat ? "fp32" : c10::toString(dtype);
}

int set_threads(int threads) {
  const int count = threads > 0 ? threads : available_processors();
  at::set_num_threads(count);
  return count;
}

}  // namespace lingua

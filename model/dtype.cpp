#include "model/dtype.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>

#include "model/blas_threads.h"
#include "model/row_product.h"
#include "support/error.h"

namespace lingua {
namespace {

constexpr double kWorthwhile = 1.3;  // bf16 loses digits: it must pay for them

// One product again and again.
class Product {
 public:
  Product(int64_t hidden, at::ScalarType dtype)
      : x_(at::ones({kRows, hidden}, dtype)), weight_(at::ones({4 * hidden, hidden}, dtype)) {
    linear_product(x_, weight_);  // the first call sets up threads and code
  }

  // Returns the seconds that it took.
  double run() {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    linear_product(x_, weight_);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    shortest_ = std::min(shortest_, seconds);
    return seconds;
  }

  double rate() const {
    return 2.0 * kRows * static_cast<double>(weight_.numel()) / shortest_ / 1e9;
  }

 private:
  static constexpr int64_t kRows = 256;
  const at::Tensor x_, weight_;
  double shortest_ = std::numeric_limits<double>::infinity();
};

// Without them bfloat16 is emulated, up to 30 times slower than float32.
bool has_bf16_instructions() {
#ifdef __x86_64__
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return true;
#endif
}

int available_processors() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

void refuse_unknown(const std::string& name, const std::string& hint) {
  if (name == "auto" || name == "fp32" || name == "bf16") return;
  throw Error(ErrorKind::kUsage, "--dtype " + name + " is not known", hint);
}

}  // namespace

GemmRates measure_gemm(int64_t hidden) {
  constexpr int kMostRounds = 20;
  constexpr double kSeconds = 0.02;
  const c10::InferenceMode inference;
  Product fp32(hidden, at::kFloat);
  std::optional<Product> bf16;
  if (has_bf16_instructions()) bf16.emplace(hidden, at::kBFloat16);
  double spent = 0;
  for (int round = 0; round < kMostRounds && spent < kSeconds; ++round) {
    spent += fp32.run();
    if (bf16) spent += bf16->run();
  }
  return {fp32.rate(), bf16 ? bf16->rate() : 0};
}

void validate_dtype_name(const std::string& name) {
  refuse_unknown(name, "choose auto, fp32 or bf16");
}

void validate_running_dtype_name(const std::string& name) {
  if (name != "int8") refuse_unknown(name, "choose auto, fp32, bf16 or int8");
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
  leave_threads_to_libtorch();
  return count;
}

}  // namespace lingua

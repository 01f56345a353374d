#include "model/int8_product.h"

namespace lingua::int8 {

#if defined(__x86_64__) && defined(__GNUC__)

namespace {

bool has_instructions() {
  return __builtin_cpu_supports("avx512vnni") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512dq") != 0;
}

}  // namespace

Product product() {
  static const Product fastest = has_instructions() ? product_avx512_vnni : nullptr;
  return fastest;
}

Quantize quantize() {
  static const Quantize fastest =
      has_instructions() ? Quantize{quantize_avx512, quantize_avx512} : Quantize{};
  return fastest;
}

#else

Product product() { return nullptr; }
Quantize quantize() { return {}; }

#endif

}  // namespace lingua::int8

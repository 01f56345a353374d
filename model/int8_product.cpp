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

template <class T>
Quantize<T> quantize() {
  static const Quantize<T> fastest =
      has_instructions() ? static_cast<Quantize<T>>(quantize_avx512) : nullptr;
  return fastest;
}

#else

Product product() { return nullptr; }

template <class T>
Quantize<T> quantize() {
  return nullptr;
}

#endif

template Quantize<float> quantize();
template Quantize<kernels::Bf16> quantize();

}  // namespace lingua::int8

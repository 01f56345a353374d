#include "model/tile_product.h"

#include "model/tile_kernels.h"

#if LINGUA_TILES
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace lingua::tiles {

#if LINGUA_TILES

namespace {

// Whether the processor has bfloat16 tiles and Linux lets this process use them; their registers
// are asked for once, as they enlarge what a signal saves.
bool amx_granted() {
  constexpr unsigned kAmxBf16 = 1u << 22, kAmxTile = 1u << 24;  // CPUID leaf 7, EDX
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return false;
  if ((d & kAmxBf16) == 0 || (d & kAmxTile) == 0) return false;
  constexpr long kRequestPermission = 0x1023, kTileData = 18;  // asm/prctl.h, XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

Product<float> fastest_float() {
  if (__builtin_cpu_supports("avx512dq")) return product_avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return product_avx2;
  return nullptr;
}

Product<kernels::Bf16> fastest_bf16() {
  if (__builtin_cpu_supports("avx512bf16") == 0) return nullptr;
  return amx_granted() ? product_amx : product_avx512_bf16;
}

}  // namespace

template <>
Product<float> product() {
  static const Product<float> fastest = fastest_float();
  return fastest;
}

template <>
Product<kernels::Bf16> product() {
  static const Product<kernels::Bf16> fastest = fastest_bf16();
  return fastest;
}

FinishedProduct finished_product() {
  const auto units = product<kernels::Bf16>();
  if (units == product_amx) return finished_product_amx;
  return units == product_avx512_bf16 ? finished_product_avx512_bf16 : nullptr;
}

GradientProducts gradient_products() {
  const auto units = product<kernels::Bf16>();
  if (units == product_amx) return {gradient_step_amx, last_gradient_step_amx};
  if (units != product_avx512_bf16) return {};
  return {gradient_step_avx512_bf16, last_gradient_step_avx512_bf16};
}

Ready::Ready() {
  if (product<kernels::Bf16>() == product_amx) set_up_amx(tiles_);
}

Ready::~Ready() {
  if (product<kernels::Bf16>() == product_amx) put_back_amx(tiles_);
}

#else

Ready::Ready() {}
Ready::~Ready() {}

FinishedProduct finished_product() { return nullptr; }
GradientProducts gradient_products() { return {}; }

template <>
Product<float> product() {
  return nullptr;
}

template <>
Product<kernels::Bf16> product() {
  return nullptr;
}

#endif

}  // namespace lingua::tiles

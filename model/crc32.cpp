#include "model/crc32.h"

#include <zlib.h>

#include "model/parallel_parts.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace lingua {
namespace {

uint32_t plain_crc32(uint32_t before, const void* bytes, std::size_t size) {
  return static_cast<uint32_t>(crc32_z(before, static_cast<const Bytef*>(bytes), size));
}

#ifdef __x86_64__

#define LINGUA_CARRYLESS __attribute__((target("pclmul,sse2"), always_inline)) inline

// A polynomial of 128 bits times x^n modulo the CRC's own, with n by `factors`, plus `next`.
LINGUA_CARRYLESS __m128i folded(__m128i value, __m128i factors, __m128i next) {
  const __m128i low = _mm_clmulepi64_si128(value, factors, 0x00);
  const __m128i high = _mm_clmulepi64_si128(value, factors, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

LINGUA_CARRYLESS __m128i load(const char* bytes) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
}

// Folds the bytes, 64 at a time, into 16 that have the same remainder, and leaves these and the
// rest to zlib. Gopal et al., Fast CRC Computation for Generic Polynomials Using PCLMULQDQ
// Instruction, Intel 2009; the factors are those of its section 6 for this polynomial, reflected.
// At least 64 bytes.
__attribute__((target("pclmul,sse2"))) uint32_t folding_crc32(std::string_view bytes) {
  const __m128i over_64_bytes = _mm_set_epi64x(0x01c6e41596, 0x0154442bd4);
  const __m128i over_16_bytes = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  __m128i lanes[4];
  for (int i = 0; i < 4; ++i) lanes[i] = load(at + 16 * i);
  lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128(-1));  // the register begins with ones
  for (at += 64; end - at >= 64; at += 64) {
    for (int i = 0; i < 4; ++i) lanes[i] = folded(lanes[i], over_64_bytes, load(at + 16 * i));
  }
  __m128i sum = lanes[0];
  for (int i = 1; i < 4; ++i) sum = folded(sum, over_16_bytes, lanes[i]);
  char remainder[16];
  _mm_storeu_si128(reinterpret_cast<__m128i*>(remainder), sum);
  constexpr uint32_t kNoOnes = 0xFFFFFFFF;  // zlib takes and gives the register inverted
  const uint32_t crc = plain_crc32(kNoOnes, remainder, sizeof remainder);
  return plain_crc32(crc, at, static_cast<std::size_t>(end - at));
}

const bool can_fold = __builtin_cpu_supports("pclmul") != 0;

#endif

}  // namespace

uint32_t crc32_of(std::string_view bytes) {
#ifdef __x86_64__
  if (can_fold && bytes.size() >= 64) return folding_crc32(bytes);
#endif
  return plain_crc32(0, bytes.data(), bytes.size());
}

std::vector<uint32_t> parallel_crc32(std::span<const std::string_view> parts) {
  std::vector<uint32_t> sums(parts.size());
  for_parts(parts.size(), [&](std::size_t i) { sums[i] = crc32_of(parts[i]); });
  return sums;
}

}  // namespace lingua

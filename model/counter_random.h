#pragma once

#include <cstdint>

// Random bits as a pure function of a key and a counter. No state is kept, so that they depend
// neither on the order nor on the thread in which they are asked for.
namespace lingua {

// A key of its own for each value: the finaliser of SplitMix64 (Steele, Lea and Flood, "Fast
// splittable pseudorandom number generators", 2014).
inline uint64_t derived_key(uint64_t key, uint64_t value) {
  uint64_t bits = key + (value + 1) * 0x9E3779B97F4A7C15u;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9u;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBu;
  return bits ^ (bits >> 31);
}

// 32 bits, each as often 0 as 1. Two rounds of MurmurHash3's 32-bit finaliser, one for each half
// of the key; loops over `counter` vectorise.
inline uint32_t random_bits(uint64_t key, uint32_t counter) {
  const auto mixed = [](uint32_t bits) {
    bits = (bits ^ (bits >> 16)) * 0x85EBCA6Bu;
    bits = (bits ^ (bits >> 13)) * 0xC2B2AE35u;
    return bits ^ (bits >> 16);
  };
  return mixed(mixed(counter ^ static_cast<uint32_t>(key)) + static_cast<uint32_t>(key >> 32));
}

// Uniform in [0, 1), a multiple of 2^-24.
inline float random_uniform(uint64_t key, uint32_t counter) {
  return static_cast<float>(random_bits(key, counter) >> 8) * 0x1p-24f;
}

}  // namespace lingua

#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "model/config.h"

namespace lingua {

// Keys, values and final hidden states of the tokens of one sequence that were already run.
// Grows by doubling; truncate() forgets the tail so that another continuation can follow.
class KvCache {
 public:
  KvCache(const ModelConfig& config, at::ScalarType dtype, int64_t capacity = 256,
          const at::Device& device = at::kCPU);

  int64_t length() const { return length_; }

  // Forgets all tokens from position `length` on. 0 <= length <= length().
  void truncate(int64_t length);

  // Room for `extra` more tokens, then append layer by layer and finish with advance().
  void reserve(int64_t extra);
  void write(int64_t layer, const at::Tensor& keys, const at::Tensor& values);  // [T, Hkv, D] each
  void write_hidden(const at::Tensor& hidden);                                  // [T, H]
  void advance(int64_t count) { length_ += count; }

  at::Tensor keys(int64_t layer, int64_t length) const;    // [Hkv, length, D]
  at::Tensor values(int64_t layer, int64_t length) const;  // [Hkv, length, D]
  at::Tensor hidden(int64_t begin, int64_t end) const;     // [end - begin, H], after the last norm

 private:
  std::vector<at::Tensor> keys_;    // a layer: [Hkv, capacity, D]
  std::vector<at::Tensor> values_;  // a layer: [Hkv, capacity, D]
  at::Tensor hidden_;               // [capacity, H]
  int64_t length_ = 0;
  int64_t capacity_ = 0;
};

}  // namespace lingua

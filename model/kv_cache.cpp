#include "model/kv_cache.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "support/error.h"

namespace lingua {
namespace {

// A copy of `old` along `dim` with room for `capacity` entries, the first `used` of them filled.
at::Tensor grown(const at::Tensor& old, int64_t dim, int64_t capacity, int64_t used) {
  auto sizes = old.sizes().vec();
  sizes[static_cast<std::size_t>(dim)] = capacity;
  auto bigger = at::empty(sizes, old.options());
  bigger.narrow(dim, 0, used).copy_(old.narrow(dim, 0, used));
  return bigger;
}

}  // namespace

KvCache::KvCache(const ModelConfig& config, at::ScalarType dtype, int64_t capacity,
                 const at::Device& device)
    : capacity_(std::max<int64_t>(capacity, 1)) {
  const auto options = at::TensorOptions().dtype(dtype).device(device);
  for (int64_t layer = 0; layer < config.num_hidden_layers; ++layer) {
    keys_.push_back(at::empty({config.num_key_value_heads, capacity_, config.head_dim}, options));
    values_.push_back(at::empty({config.num_key_value_heads, capacity_, config.head_dim}, options));
  }
  hidden_ = at::empty({capacity_, config.hidden_size}, options);
}

void KvCache::truncate(int64_t length) {
  if (length < 0 || length > length_) {
    throw Error(ErrorKind::kInternal, "cannot cut a cache of " + std::to_string(length_) +
                                          " tokens to " + std::to_string(length));
  }
  length_ = length;
}

void KvCache::reserve(int64_t extra) {
  const int64_t needed = length_ + extra;
  if (needed <= capacity_) return;
  capacity_ = std::max(needed, 2 * capacity_);
  for (std::size_t layer = 0; layer < keys_.size(); ++layer) {
    keys_[layer] = grown(keys_[layer], 1, capacity_, length_);
    values_[layer] = grown(values_[layer], 1, capacity_, length_);
  }
  hidden_ = grown(hidden_, 0, capacity_, length_);
}

void KvCache::write(int64_t layer, const at::Tensor& keys, const at::Tensor& values) {
  const auto index = static_cast<std::size_t>(layer);
  const int64_t count = keys.size(0);
  keys_[index].narrow(1, length_, count).copy_(keys.transpose(0, 1));
  values_[index].narrow(1, length_, count).copy_(values.transpose(0, 1));
}

void KvCache::write_hidden(const at::Tensor& hidden) {
  hidden_.narrow(0, length_, hidden.size(0)).copy_(hidden);
}

at::Tensor KvCache::keys(int64_t layer, int64_t length) const {
  return keys_[static_cast<std::size_t>(layer)].narrow(1, 0, length);
}

at::Tensor KvCache::values(int64_t layer, int64_t length) const {
  return values_[static_cast<std::size_t>(layer)].narrow(1, 0, length);
}

at::Tensor KvCache::hidden(int64_t begin, int64_t end) const {
  return hidden_.narrow(0, begin, end - begin);
}

}  // namespace lingua

#include "model/dropout.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "model/counter_random.h"

namespace lingua {
namespace {

constexpr int64_t kGrainRows = 16;  // rows that are worth a thread

void mark_dropped(bool* dropped, int64_t width, uint64_t key, uint32_t threshold) {
  for (int64_t i = 0; i < width; ++i) {
    dropped[i] = random_bits(key, static_cast<uint32_t>(i)) < threshold;
  }
}

}  // namespace

Dropout derived(const Dropout& dropout, uint64_t number) {
  return {dropout.share, derived_key(dropout.key, number)};
}

at::Tensor zero_dropped(const at::Tensor& x, const Dropout& dropout) {
  if (dropout.share <= 0) return x;
  const int64_t rows = x.size(0), width = x.size(1);
  const auto threshold = static_cast<uint32_t>(dropout.share * 0x1p32);
  auto dropped = at::empty({rows, width}, at::kBool);
  auto* marks = dropped.mutable_data_ptr<bool>();
  at::parallel_for(0, rows, kGrainRows, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      mark_dropped(marks + row * width, width, derived_key(dropout.key, static_cast<uint64_t>(row)),
                   threshold);
    }
  });
  return x.masked_fill(dropped.to(x.device()), 0);
}

}  // namespace lingua

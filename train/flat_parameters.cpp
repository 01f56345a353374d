#include "train/flat_parameters.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/tensor_data.h"

namespace lingua {
namespace {

constexpr int64_t kBlock = 1 << 16;  // weights a thread takes at a time

// Runs body(begin, end) over [0, count) in fixed blocks.
template <class Body>
void for_blocks(int64_t count, const Body& body) {
  const int64_t blocks = (count + kBlock - 1) / kBlock;
  at::parallel_for(0, blocks, 1, [&](int64_t first, int64_t last) {
    for (int64_t block = first; block < last; ++block) {
      body(block * kBlock, std::min(count, (block + 1) * kBlock));
    }
  });
}

}  // namespace

FlatParameters::FlatParameters(Decoder& decoder, at::ScalarType compute)
    : decoder_(decoder), compute_(compute), tied_(decoder.config.tie_word_embeddings) {
  const at::NoGradGuard no_gradient;
  const auto weights = weight_slots(decoder);
  int64_t total = 0;
  for (const WeightSlot& weight : weights) total += weight.tensor->numel();
  master_ = at::empty({total}, at::kFloat);
  gradient_ = at::zeros({total}, at::kFloat);
  moment1_ = at::zeros({total}, at::kFloat);
  moment2_ = at::zeros({total}, at::kFloat);
  if (compute_ == at::kBFloat16) rounded_ = at::empty({total}, at::kBFloat16);
  int64_t offset = 0;
  for (const WeightSlot& weight : weights) {
    const auto shape = weight.tensor->sizes().vec();
    const int64_t count = weight.tensor->numel();
    Slot slot{weight.name, weight.tensor, master_.narrow(0, offset, count).view(shape),
              gradient_.narrow(0, offset, count).view(shape), offset};
    slot.master.copy_(*weight.tensor);
    *weight.tensor = at::Tensor();  // the source's memory can go before the next is copied
    slots_.push_back(std::move(slot));
    offset += count;
  }
  if (compute_ == at::kBFloat16) refresh(0, total);
  for (const Slot& slot : slots_) bind(slot);
  if (tied_) decoder_.head = decoder_.embedding;
}

// Embedding and head get their gradients by hand (see micro_batch.h), all others by autograd.
void FlatParameters::bind(const Slot& slot) {
  const bool by_hand = slot.name == "embedding" || slot.name == "head";
  if (compute_ == at::kBFloat16) {
    *slot.bound = rounded_.narrow(0, slot.offset, slot.master.numel())
                      .view(slot.master.sizes())
                      .detach()
                      .requires_grad_(!by_hand);
    return;
  }
  *slot.bound = slot.master.detach().requires_grad_(!by_hand);
  if (!by_hand) slot.bound->mutable_grad() = slot.gradient;
}

void FlatParameters::refresh(int64_t begin, int64_t end) {
  kernels::to_bf16(elements<float>(master_) + begin, elements<kernels::Bf16>(rounded_) + begin,
                   end - begin);
}

void FlatParameters::zero_gradient() { gradient_.zero_(); }

void FlatParameters::collect() {
  if (compute_ == at::kFloat) return;  // autograd already added in place
  const at::NoGradGuard no_gradient;
  for (const Slot& slot : slots_) {
    auto& fresh = slot.bound->mutable_grad();
    if (!fresh.defined()) continue;
    slot.gradient.add_(fresh);
    fresh = at::Tensor();
  }
}

double FlatParameters::gradient_norm() const {
  const int64_t blocks = (count() + kBlock - 1) / kBlock;
  std::vector<double> sums(static_cast<std::size_t>(blocks));
  const float* gradient = gradient_.const_data_ptr<float>();
  for_blocks(count(), [&](int64_t begin, int64_t end) {
    sums[static_cast<std::size_t>(begin / kBlock)] =
        kernels::sum_of_squares(gradient + begin, end - begin);
  });
  return std::sqrt(std::accumulate(sums.begin(), sums.end(), 0.0));
}

void FlatParameters::update(const kernels::AdamStep& step) {
  for (const Slot& slot : slots_) {
    kernels::AdamStep own = step;
    if (slot.master.dim() < 2) own.weight_decay = 0;
    for_blocks(slot.master.numel(), [&](int64_t first, int64_t last) {
      const int64_t begin = slot.offset + first, end = slot.offset + last;
      kernels::adamw(elements<float>(master_) + begin, elements<float>(moment1_) + begin,
                     elements<float>(moment2_) + begin, elements<float>(gradient_) + begin,
                     end - begin, own);
      if (compute_ == at::kBFloat16) refresh(begin, end);
    });
  }
}

Decoder FlatParameters::master() const {
  Decoder copy = decoder_;
  auto slots = weight_slots(copy);
  for (std::size_t i = 0; i < slots.size(); ++i) *slots[i].tensor = slots_[i].master.detach();
  if (tied_) copy.head = copy.embedding;
  return copy;
}

}  // namespace lingua

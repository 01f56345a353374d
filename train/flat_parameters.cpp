#include "train/flat_parameters.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "model/tensor_data.h"

namespace lingua {
namespace {

constexpr int64_t kBlock = 1 << 16;  // weights a thread takes at a time

// Runs body(begin, end) over [first, last) in fixed blocks.
template <class Body>
void for_blocks(int64_t first, int64_t last, const Body& body) {
  const int64_t blocks = (last - first + kBlock - 1) / kBlock;
  at::parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) {
      body(first + block * kBlock, std::min(last, first + (block + 1) * kBlock));
    }
  });
}

// These two get their gradients by hand (see micro_batch.h), all others by autograd.
bool by_hand(const std::string& slot) { return slot == "embedding" || slot == "head"; }

}  // namespace

FlatParameters::FlatParameters(Decoder& decoder, at::ScalarType compute,
                               const TrainableSet& trained)
    : decoder_(decoder), compute_(compute) {
  const at::NoGradGuard no_gradient;
  const bool tied = decoder.config.tie_word_embeddings;
  if (tied) decoder.head = at::Tensor();  // or it would hold on to the source's embedding
  const SplitSlots split = split_slots(decoder, trained);
  for (const WeightSlot& weight : split.frozen) {
    *weight.tensor = weight.tensor->to(compute).detach();
  }
  int64_t total = 0;
  for (const WeightSlot& weight : split.trained) total += weight.tensor->numel();
  master_ = at::empty({total}, at::kFloat);
  gradient_ = at::zeros({total}, at::kFloat);
  moment1_ = at::zeros({total}, at::kFloat);
  moment2_ = at::zeros({total}, at::kFloat);
  if (compute_ == at::kBFloat16) rounded_ = at::empty({total}, at::kBFloat16);
  int64_t offset = 0;
  for (const WeightSlot& weight : split.trained) {
    const int64_t count = weight.tensor->numel();
    take_over(weight, offset);
    offset += count;
  }
  for (const Slot& slot : slots_) bind(slot);
  refresh();
  if (!tied) return;
  decoder_.head = decoder_.embedding;
  head_gradient_ = embedding_gradient_;
}

void FlatParameters::take_over(const WeightSlot& weight, int64_t offset) {
  const auto shape = weight.tensor->sizes().vec();
  const int64_t count = weight.tensor->numel();
  Slot slot{weight.name, weight.tensor, master_.narrow(0, offset, count).view(shape),
            gradient_.narrow(0, offset, count).view(shape), offset};
  slot.master.copy_(*weight.tensor);
  *weight.tensor = at::Tensor();  // the source's memory can go before the next is copied
  if (slot.name == "embedding") embedding_gradient_ = slot.gradient;
  if (slot.name == "head") head_gradient_ = slot.gradient;
  slots_.push_back(std::move(slot));
}

void FlatParameters::bind(const Slot& slot) {
  const bool automatic = !by_hand(slot.name);
  if (compute_ == at::kBFloat16) {
    *slot.bound = rounded_.narrow(0, slot.offset, slot.master.numel())
                      .view(slot.master.sizes())
                      .detach()
                      .requires_grad_(automatic);
    return;
  }
  *slot.bound = slot.master.detach().requires_grad_(automatic);
  if (automatic) slot.bound->mutable_grad() = slot.gradient;
}

void FlatParameters::round(int64_t begin, int64_t end) {
  if (compute_ != at::kBFloat16) return;  // the decoder's tensors are views of the master
  kernels::to_bf16(elements<float>(master_) + begin, elements<kernels::Bf16>(rounded_) + begin,
                   end - begin);
}

void FlatParameters::refresh() {
  for_blocks(0, count(), [&](int64_t begin, int64_t end) { round(begin, end); });
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
  for_blocks(0, count(), [&](int64_t begin, int64_t end) {
    sums[static_cast<std::size_t>(begin / kBlock)] =
        kernels::sum_of_squares(gradient + begin, end - begin);
  });
  return std::sqrt(std::accumulate(sums.begin(), sums.end(), 0.0));
}

void FlatParameters::update(const kernels::AdamStep& step, int64_t begin, int64_t end) {
  for (const Slot& slot : slots_) {
    const int64_t first = std::max(begin, slot.offset);
    const int64_t last = std::min(end, slot.offset + slot.master.numel());
    if (first >= last) continue;
    kernels::AdamStep own = step;
    if (slot.master.dim() < 2) own.weight_decay = 0;
    for_blocks(first, last, [&](int64_t from, int64_t to) {
      kernels::adamw(elements<float>(master_) + from, elements<float>(moment1_) + from,
                     elements<float>(moment2_) + from, elements<float>(gradient_) + from, to - from,
                     own);
      round(from, to);
    });
  }
}

std::vector<SlotInfo> FlatParameters::slots() const {
  std::vector<SlotInfo> infos;
  for (const Slot& slot : slots_) {
    infos.push_back({slot.name, slot.master.sizes().vec(), slot.offset});
  }
  return infos;
}

Decoder FlatParameters::master() const {
  Decoder copy = decoder_;
  install(copy);
  return copy;
}

void FlatParameters::install(Decoder& decoder) const {
  std::map<std::string, at::Tensor> masters;
  for (const Slot& slot : slots_) masters[slot.name] = slot.master.detach();
  for (const auto& slots : {weight_slots(decoder), adapter_slots(decoder)}) {
    for (const WeightSlot& slot : slots) {
      if (const auto found = masters.find(slot.name); found != masters.end()) {
        *slot.tensor = found->second;
      }
    }
  }
  if (decoder.config.tie_word_embeddings) decoder.head = decoder.embedding;
}

}  // namespace lingua

#include "train/flat_parameters.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>
#include <map>

#include "model/forgotten_gradients.h"
#include "train/flat_math.h"
#include "train/shard_transfer.h"

namespace lingua {
namespace {

// What was forgotten and never written is 0.
void settle_gradient(const at::Tensor& gradient) {
  if (remember_gradient(gradient)) gradient.zero_();
}

// These two get their gradients by hand (see micro_batch.h), all others by autograd.
bool by_hand(const std::string& slot) { return slot == "embedding" || slot == "head"; }

}  // namespace

FlatParameters::FlatParameters(Decoder& decoder, at::ScalarType compute,
                               const TrainableSet& trained, Communicator& ranks)
    : decoder_(decoder), compute_(compute), ranks_(ranks) {
  const at::NoGradGuard no_gradient;
  const bool tied = decoder.config.tie_word_embeddings;
  if (tied) decoder.head = at::Tensor();  // or it would hold on to the source's embedding
  const SplitSlots split = split_slots(decoder, trained);
  for (const WeightSlot& weight : split.frozen) {
    *weight.tensor = weight.tensor->to(compute).detach();
  }
  int64_t total = 0;
  for (const WeightSlot& weight : split.trained) total += weight.tensor->numel();
  layout_ = ShardLayout(total, ranks_.size());
  const int64_t shard = layout_.shard_size(ranks_.rank());
  const auto options = at::TensorOptions().dtype(at::kFloat).device(decoder.device());
  gradient_ = at::zeros({total}, options);
  master_ = at::empty({shard}, options);
  moment1_ = at::zeros({shard}, options);
  moment2_ = at::zeros({shard}, options);
  const bool is_master = ranks_.alone() && compute_ == at::kFloat;
  weights_ = is_master ? master_ : at::empty({total}, options.dtype(compute_));
  int64_t offset = 0;
  for (const WeightSlot& weight : split.trained) {
    const int64_t count = weight.tensor->numel();
    take_over(weight, offset);
    offset += count;
  }
  for (const Slot& slot : slots_) bind(slot);
  if (!ranks_.alone()) watch_gradients();
  refresh();
  if (!tied) return;
  decoder_.head = decoder_.embedding;
  head_gradient_ = embedding_gradient_;
}

FlatParameters::~FlatParameters() {
  for (const Slot& slot : slots_) remember_gradient(slot.gradient);
}

void FlatParameters::take_over(const WeightSlot& weight, int64_t offset) {
  const int64_t count = weight.tensor->numel();
  Slot slot{weight.name,
            weight.tensor,
            gradient_.narrow(0, offset, count).view(weight.tensor->sizes()),
            {offset, offset + count}};
  const auto source = weight.tensor->reshape({-1});
  for (const ShardPiece& piece : layout_.pieces(ranks_.rank(), slot.range)) {
    const int64_t size = piece.range.size();
    if (size == 0) continue;
    master_.narrow(0, piece.in_shard, size)
        .copy_(source.narrow(0, piece.range.begin - offset, size));
  }
  *weight.tensor = at::Tensor();  // the source's memory can go before the next is copied
  if (slot.name == "embedding") embedding_gradient_ = slot.gradient;
  if (slot.name == "head") head_gradient_ = slot.gradient;
  slots_.push_back(std::move(slot));
}

void FlatParameters::bind(const Slot& slot) {
  const bool automatic = !by_hand(slot.name);
  *slot.bound = weights_.narrow(0, slot.range.begin, slot.range.size())
                    .view(slot.gradient.sizes())
                    .detach()
                    .requires_grad_(automatic);
  // Gradients of matrices are added in place, in float32 whatever the decoder computes in (see
  // model/linear.h).
  const bool in_place = compute_ == at::kFloat || slot.gradient.dim() == 2;
  if (automatic && in_place) slot.bound->mutable_grad() = slot.gradient;
}

// With several ranks: tells the reduction which gradients are final.
void FlatParameters::watch_gradients() {
  std::vector<Range> parts;
  std::vector<at::Tensor> leaves;
  std::vector<std::size_t> slot_of_leaf;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    parts.push_back(slots_[i].range);
    if (by_hand(slots_[i].name)) continue;
    leaves.push_back(*slots_[i].bound);
    slot_of_leaf.push_back(i);
  }
  reduction_ = std::make_unique<ShardReduction>(ranks_, layout_, gradient_, std::move(parts));
  hooks_ = std::make_unique<GradientHooks>(leaves, [this, slot_of_leaf](std::size_t leaf) {
    if (!reducing_) return;
    collect(slots_[slot_of_leaf[leaf]]);
    reduction_->part_is_final(slot_of_leaf[leaf]);
  });
}

// Hands over each piece while the next one is being worked on.
template <class Work>
void FlatParameters::work_and_share(Range within, const Work& work) {
  std::vector<Communicator::Ticket> tickets;
  for (const ShardPiece& piece : layout_.pieces(ranks_.rank(), within)) {
    work(piece);
    tickets.push_back(start_all_gather(ranks_, layout_, piece.bucket, weights_));
  }
  for (const auto ticket : tickets) ranks_.wait(ticket);
}

void FlatParameters::refresh() {
  work_and_share({0, count()}, [this](const ShardPiece& piece) {
    const int64_t size = piece.range.size();
    copy_rounded(master_.narrow(0, piece.in_shard, size),
                 weights_.narrow(0, piece.range.begin, size));
  });
}

// Most of them are matrices that weight_gradient() writes; learned positions are not.
void FlatParameters::zero_gradient() {
  for (const Slot& slot : slots_) {
    if (slot.gradient.dim() == 2 && slot.name != "positions") {
      forget_gradient(slot.gradient);
    } else {
      slot.gradient.zero_();
    }
  }
}

void FlatParameters::settle() const {
  for (const Slot& slot : slots_) settle_gradient(slot.gradient);
}

at::Tensor FlatParameters::gradient() const {
  settle();
  return gradient_;
}

void FlatParameters::collect(const Slot& slot) {
  settle_gradient(slot.gradient);
  auto& fresh = slot.bound->mutable_grad();
  if (!fresh.defined() || fresh.is_same(slot.gradient)) return;  // nothing, or there already
  slot.gradient.add_(fresh);
  fresh = at::Tensor();
}

void FlatParameters::collect() {
  const at::NoGradGuard no_gradient;
  for (const Slot& slot : slots_) collect(slot);
}

void FlatParameters::expect_last_pass() {
  if (ranks_.alone()) return;
  reduction_->begin();
  reducing_ = true;
}

void FlatParameters::head_is_complete() {
  if (!reducing_ || slots_.back().name != "head") return;
  settle_gradient(slots_.back().gradient);
  reduction_->part_is_final(slots_.size() - 1);
}

void FlatParameters::reduce_gradient() {
  settle();
  if (ranks_.alone()) return;
  if (!reducing_) reduction_->begin();
  reducing_ = false;
  reduction_->finish();
}

double FlatParameters::gradient_norm() const {
  double sum = 0;
  for (const ShardPiece& piece : layout_.pieces(ranks_.rank())) {
    sum += sum_of_squares(gradient_.narrow(0, piece.range.begin, piece.range.size()));
  }
  ranks_.sum({&sum, 1});
  return std::sqrt(sum);
}

void FlatParameters::update(const kernels::AdamStep& step, int64_t begin, int64_t end) {
  work_and_share({begin, end}, [&](const ShardPiece& piece) { update(step, piece); });
}

void FlatParameters::update(const kernels::AdamStep& step, const ShardPiece& piece) {
  const int64_t shift = piece.in_shard - piece.range.begin;
  for (const Slot& slot : slots_) {
    const Range part = common(piece.range, slot.range);
    if (part.size() == 0) continue;
    kernels::AdamStep own = step;
    if (slot.gradient.dim() < 2) own.weight_decay = 0;
    const auto in_shard = [&](const at::Tensor& shard) {
      return shard.narrow(0, part.begin + shift, part.size());
    };
    const auto in_whole = [&](const at::Tensor& whole) {
      return whole.narrow(0, part.begin, part.size());
    };
    adamw({in_shard(master_), in_shard(moment1_), in_shard(moment2_), in_whole(gradient_),
           in_whole(weights_)},
          own);
  }
}

at::Tensor FlatParameters::gather(const at::Tensor& shard) const {
  const auto whole = lingua::gather(ranks_, layout_, shard);
  return whole.defined() ? whole.cpu() : whole;
}

void FlatParameters::scatter(const at::Tensor& whole, const at::Tensor& shard) const {
  lingua::scatter(ranks_, layout_, whole, shard);
}

std::vector<SlotInfo> FlatParameters::slots() const {
  std::vector<SlotInfo> infos;
  for (const Slot& slot : slots_) {
    infos.push_back({slot.name, slot.gradient.sizes().vec(), slot.range.begin});
  }
  return infos;
}

Decoder FlatParameters::master() const {
  Decoder copy = decoder_;
  install(copy);
  return copy;
}

void FlatParameters::install(Decoder& decoder) const {
  const at::Tensor whole = gather(master_);
  if (!whole.defined()) return;
  std::map<std::string, at::Tensor> masters;
  for (const Slot& slot : slots_) {
    masters[slot.name] =
        whole.narrow(0, slot.range.begin, slot.range.size()).view(slot.gradient.sizes()).detach();
  }
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

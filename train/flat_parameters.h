#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/decoder.h"
#include "model/kernels.h"
#include "train/communicator.h"
#include "train/shard_hooks.h"
#include "train/shard_layout.h"
#include "train/shard_reduction.h"
#include "train/trainable_set.h"

namespace lingua {

// What the optimiser knows of this rank's shard: master weights and Adam's two moments, each [S]
// float32. Alone the shard is everything.
struct FlatState {
  at::Tensor master;
  at::Tensor moment1;
  at::Tensor moment2;
};

// Where a trained weight lies in the flat buffers.
struct SlotInfo {
  std::string name;  // as weight_slots() and adapter_slots() name it
  std::vector<int64_t> shape;
  int64_t offset;  // of its first element
};

// The trained weights of a decoder in flat float32 buffers: master weights, gradients and Adam's
// two moments. The decoder computes in its own dtype: for float32 its tensors are views of the
// master, for bfloat16 they are rounded copies that update() refreshes. Frozen weights exist in
// that dtype only.
//
// With several ranks each has all weights to compute with and gradients of its own, but master
// weights and moments of its shard alone (ZeRO-1, arXiv 1910.02054): gradients are summed into the
// shards, and updated weights handed to all. What is marked collective is called by all ranks.
//
// The buffers lie where the decoder does. Ranks exchange what lies in the processor's memory only.
class FlatParameters {
 public:
  // Takes over the weights of `decoder` and rebinds its tensors in `compute` (kFloat or
  // kBFloat16), the trained ones to leaves that collect gradients. `decoder` and `ranks` must
  // outlive this. Collective.
  FlatParameters(Decoder& decoder, at::ScalarType compute, const TrainableSet& trained = {},
                 Communicator& ranks = no_others());
  ~FlatParameters();
  FlatParameters(const FlatParameters&) = delete;
  FlatParameters& operator=(const FlatParameters&) = delete;

  // Forgets the gradients.
  void zero_gradient();

  // Adds what the last backward pass left at the decoder's tensors to the flat gradient.
  void collect();

  // The next backward pass is the last one before reduce_gradient(): what it leaves behind is final
  // and is sent to the other ranks while it goes on.
  void expect_last_pass();

  // Nothing more will be added to head_gradient() in this pass, unless the head is tied.
  void head_is_complete();

  // Sums the gradients of all ranks, each for its own shard. Collective.
  void reduce_gradient();

  // The flat gradient itself, [N] float32.
  at::Tensor gradient() const;

  // Float32 views of the gradients of embedding and head (the same when tied), [V, H], which are
  // added to by hand; undefined where they are frozen.
  at::Tensor embedding_gradient() const { return embedding_gradient_; }
  at::Tensor head_gradient() const { return head_gradient_; }

  // 2-norm of the gradient, reduced; independent of the number of threads. Collective.
  double gradient_norm() const;

  // One AdamW step; weight decay is applied to matrices only. Collective.
  void update(const kernels::AdamStep& step) { update(step, 0, count()); }

  // The same for the elements [begin, end) of the flat buffers only.
  void update(const kernels::AdamStep& step, int64_t begin, int64_t end);

  // The buffers themselves, to be saved or overwritten; call refresh() (collective) after
  // overwriting.
  FlatState state() const { return {master_, moment1_, moment2_}; }
  void refresh();

  // A buffer of the shape of state()'s from all ranks as one [N] on the first rank, undefined on
  // the others, in the processor's memory; and the way back. Alone, on the processor, both leave
  // everything as it is. Collective.
  at::Tensor gather(const at::Tensor& shard) const;
  void scatter(const at::Tensor& whole, const at::Tensor& shard) const;

  // All trained weights in the order of the flat buffers, which they fill without gaps.
  std::vector<SlotInfo> slots() const;

  // A decoder over the float32 master weights, without gradients. Frozen weights are as the
  // decoder computes with them, and so are all weights on ranks other than the first. Collective.
  Decoder master() const;

  // Binds the master weights to the weights of the same name of `decoder`, which has the same
  // configuration and adapters; on the first rank only. Collective.
  void install(Decoder& decoder) const;

  int64_t count() const { return layout_.count(); }

  Communicator& ranks() const { return ranks_; }

 private:
  struct Slot {
    std::string name;
    at::Tensor* bound;    // the decoder's tensor
    at::Tensor gradient;  // view of gradient_, in the weight's shape
    Range range;          // in the flat buffers
  };

  void take_over(const WeightSlot& weight, int64_t offset);
  void bind(const Slot& slot);
  void watch_gradients();
  void collect(const Slot& slot);
  void settle() const;
  void update(const kernels::AdamStep& step, const ShardPiece& piece);
  template <class Work>
  void work_and_share(Range within, const Work& work);

  Decoder& decoder_;
  at::ScalarType compute_;
  Communicator& ranks_;
  ShardLayout layout_;
  std::vector<Slot> slots_;
  at::Tensor gradient_;                            // [N] float32
  at::Tensor master_, moment1_, moment2_;          // [S] float32
  at::Tensor weights_;                             // [N], computed with; may be master_ itself
  at::Tensor embedding_gradient_, head_gradient_;  // [V, H] views of gradient_

  // With several ranks only.
  std::unique_ptr<ShardReduction> reduction_;
  std::unique_ptr<GradientHooks> hooks_;
  bool reducing_ = false;
};

}  // namespace lingua

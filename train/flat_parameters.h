#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "model/decoder.h"
#include "model/kernels.h"
#include "train/trainable_set.h"

namespace lingua {

// What the optimiser knows: master weights and Adam's two moments, each [N] float32.
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
class FlatParameters {
 public:
  // Takes over the weights of `decoder` and rebinds its tensors in `compute` (kFloat or
  // kBFloat16), the trained ones to leaves that collect gradients. `decoder` must outlive this.
  FlatParameters(Decoder& decoder, at::ScalarType compute, const TrainableSet& trained = {});
  FlatParameters(const FlatParameters&) = delete;
  FlatParameters& operator=(const FlatParameters&) = delete;

  // Forgets the gradients.
  void zero_gradient();

  // Adds what the last backward pass left at the decoder's tensors to the flat gradient.
  void collect();

  // The flat gradient itself, [N] float32.
  at::Tensor gradient() const { return gradient_; }

  // Float32 views of the gradients of embedding and head (the same when tied), [V, H], which are
  // added to by hand; undefined where they are frozen.
  at::Tensor embedding_gradient() const { return embedding_gradient_; }
  at::Tensor head_gradient() const { return head_gradient_; }

  // 2-norm of the gradient; independent of the number of threads.
  double gradient_norm() const;

  // One AdamW step; weight decay is applied to matrices only.
  void update(const kernels::AdamStep& step) { update(step, 0, count()); }

  // The same for the elements [begin, end) of the flat buffers only.
  void update(const kernels::AdamStep& step, int64_t begin, int64_t end);

  // The buffers themselves, to be saved or overwritten; call refresh() after overwriting.
  FlatState state() const { return {master_, moment1_, moment2_}; }
  void refresh();

  // All trained weights in the order of the flat buffers, which they fill without gaps.
  std::vector<SlotInfo> slots() const;

  // A decoder over the float32 master weights, without gradients. Frozen weights are as the
  // decoder computes with them.
  Decoder master() const;

  // Binds the master weights to the weights of the same name of `decoder`, which has the same
  // configuration and adapters.
  void install(Decoder& decoder) const;

  int64_t count() const { return master_.numel(); }

 private:
  struct Slot {
    std::string name;
    at::Tensor* bound;    // the decoder's tensor
    at::Tensor master;    // view of master_
    at::Tensor gradient;  // view of gradient_
    int64_t offset;
  };

  void take_over(const WeightSlot& weight, int64_t offset);
  void bind(const Slot& slot);
  void round(int64_t begin, int64_t end);

  Decoder& decoder_;
  at::ScalarType compute_;
  std::vector<Slot> slots_;
  at::Tensor master_, gradient_, moment1_, moment2_;  // [N] float32
  at::Tensor rounded_;                                // [N] bfloat16, undefined for float32
  at::Tensor embedding_gradient_, head_gradient_;     // [V, H] views of gradient_
};

}  // namespace lingua

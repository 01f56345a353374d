#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "model/decoder.h"
#include "model/kernels.h"

namespace lingua {

// The trained weights of a decoder in flat float32 buffers: master weights, gradients and Adam's
// two moments. The decoder computes in its own dtype: for float32 its tensors are views of the
// master, for bfloat16 they are rounded copies that update() refreshes.
class FlatParameters {
 public:
  // Takes over the weights of `decoder` (float32) and rebinds its tensors to leaves that collect
  // gradients, in `compute` (kFloat or kBFloat16). `decoder` must outlive this.
  FlatParameters(Decoder& decoder, at::ScalarType compute);
  FlatParameters(const FlatParameters&) = delete;
  FlatParameters& operator=(const FlatParameters&) = delete;

  // Forgets the gradients.
  void zero_gradient();

  // Adds what the last backward pass left at the decoder's tensors to the flat gradient.
  void collect();

  // Float32 views of the gradients of embedding and head (the same when tied), [V, H].
  at::Tensor embedding_gradient() const { return slots_.front().gradient; }
  at::Tensor head_gradient() const {
    return tied_ ? slots_.front().gradient : slots_.back().gradient;
  }

  // 2-norm of the gradient; independent of the number of threads.
  double gradient_norm() const;

  // One AdamW step; weight decay is applied to matrices only.
  void update(const kernels::AdamStep& step);

  // A decoder over the float32 master weights, without gradients.
  Decoder master() const;

  int64_t count() const { return master_.numel(); }

 private:
  struct Slot {
    std::string name;
    at::Tensor* bound;    // the decoder's tensor
    at::Tensor master;    // view of master_
    at::Tensor gradient;  // view of gradient_
    int64_t offset;
  };

  void bind(const Slot& slot);
  void refresh(int64_t begin, int64_t end);

  Decoder& decoder_;
  at::ScalarType compute_;
  bool tied_;
  std::vector<Slot> slots_;
  at::Tensor master_, gradient_, moment1_, moment2_;  // [N] float32
  at::Tensor rounded_;                                // [N] bfloat16, empty for float32
};

}  // namespace lingua

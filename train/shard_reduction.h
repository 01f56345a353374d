#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <deque>
#include <vector>

#include "train/communicator.h"
#include "train/shard_layout.h"

namespace lingua {

// Sums the gradients of all ranks, bucket by bucket, each as soon as it is final: the sums travel
// while the backward pass goes on. A sum is taken in the order of the ranks, so that it does not
// depend on who comes first.
class ShardReduction {
 public:
  // gradient: [N] float32, this rank's. parts: the ranges that become final one by one; they cover
  // the gradient.
  ShardReduction(Communicator& ranks, const ShardLayout& layout, const at::Tensor& gradient,
                 std::vector<Range> parts);

  // The gradient grows no more once each part has been told to be final. Buckets are sent in a
  // fixed order, from the last to the first, as the backward pass reaches them.
  void begin();
  void part_is_final(std::size_t part);

  // Everything is final. Returns when the own pieces of the gradient hold the sums; what its other
  // elements hold means nothing then.
  void finish();

 private:
  // A bucket under way, with what the others have of this rank's piece, one rank after the other.
  struct Flight {
    int64_t bucket;
    Communicator::Ticket ticket;
    std::vector<float> others;  // [size - 1, piece]
  };

  void launch_ready();
  void launch(int64_t bucket);
  void land();

  Communicator& ranks_;
  const ShardLayout& layout_;
  at::Tensor gradient_;
  std::vector<Range> parts_;
  std::vector<int64_t> open_parts_;  // of each bucket, that are not final
  int64_t next_ = -1;                // the bucket to be sent next
  std::deque<Flight> flights_;
  std::vector<std::vector<float>> spare_;  // memory of flights that have landed
};

}  // namespace lingua

#pragma once

#include <ATen/core/Tensor.h>

#include "train/communicator.h"
#include "train/shard_layout.h"

namespace lingua {

// Buffers spread over the ranks as a ShardLayout says. All ranks call these together; alone they
// cost nothing.

// Starts handing each rank's piece of a bucket of `flat` ([N], any dtype) to all others.
Communicator::Ticket start_all_gather(Communicator& ranks, const ShardLayout& layout,
                                      int64_t bucket, const at::Tensor& flat);

// The shards ([S], S differs from rank to rank) as one [N] on the first rank; undefined on the
// others. Alone it is `shard` itself.
at::Tensor gather(Communicator& ranks, const ShardLayout& layout, const at::Tensor& shard);

// The way back: `whole` is [N] on the first rank and ignored on the others.
void scatter(Communicator& ranks, const ShardLayout& layout, const at::Tensor& whole,
             const at::Tensor& shard);

}  // namespace lingua

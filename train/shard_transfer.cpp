#include "train/shard_transfer.h"

#include <ATen/ATen.h>

#include <vector>

namespace lingua {
namespace {

// `range` of a flat tensor as memory that `rank` gets or gives.
Communicator::Transfer part(const at::Tensor& flat, Range range, int rank) {
  const auto size = static_cast<std::size_t>(flat.element_size());
  auto* const first = static_cast<char*>(flat.data_ptr());
  return {rank, first + static_cast<std::size_t>(range.begin) * size,
          static_cast<std::size_t>(range.size()) * size};
}

void copy_own_pieces(const ShardLayout& layout, int rank, const at::Tensor& whole,
                     const at::Tensor& shard, bool to_shard) {
  for (const ShardPiece& piece : layout.pieces(rank)) {
    const auto in_whole = whole.narrow(0, piece.range.begin, piece.range.size());
    const auto own = shard.narrow(0, piece.in_shard, piece.range.size());
    if (to_shard) {
      own.copy_(in_whole);
    } else {
      in_whole.copy_(own);
    }
  }
}

// What the first rank has of all others in `whole`, or what another rank has in its shard.
std::vector<Communicator::Transfer> to_or_from_first(const Communicator& ranks,
                                                     const ShardLayout& layout,
                                                     const at::Tensor& whole,
                                                     const at::Tensor& shard) {
  std::vector<Communicator::Transfer> transfers;
  if (!ranks.first()) {
    for (const ShardPiece& piece : layout.pieces(ranks.rank())) {
      transfers.push_back(part(shard, {piece.in_shard, piece.in_shard + piece.range.size()}, 0));
    }
    return transfers;
  }
  for (int other = 1; other < ranks.size(); ++other) {
    for (const ShardPiece& piece : layout.pieces(other)) {
      transfers.push_back(part(whole, piece.range, other));
    }
  }
  return transfers;
}

}  // namespace

Communicator::Ticket start_all_gather(Communicator& ranks, const ShardLayout& layout,
                                      int64_t bucket, const at::Tensor& flat) {
  std::vector<Communicator::Transfer> sends, receives;
  for (int other = 0; other < ranks.size(); ++other) {
    if (other == ranks.rank()) continue;
    sends.push_back(part(flat, layout.piece(bucket, ranks.rank()).range, other));
    receives.push_back(part(flat, layout.piece(bucket, other).range, other));
  }
  return ranks.start(sends, receives);
}

at::Tensor gather(Communicator& ranks, const ShardLayout& layout, const at::Tensor& shard) {
  if (ranks.alone()) return shard;
  at::Tensor whole;
  if (ranks.first()) {
    whole = at::empty({layout.count()}, shard.options());
    copy_own_pieces(layout, 0, whole, shard, false);
  }
  const auto transfers = to_or_from_first(ranks, layout, whole, shard);
  const std::vector<Communicator::Transfer> none;
  ranks.wait(ranks.first() ? ranks.start(none, transfers) : ranks.start(transfers, none));
  // What a rank was sending when it died may look as if it had come; what follows it never does.
  double confirmed = 1;
  ranks.sum({&confirmed, 1});
  return whole;
}

void scatter(Communicator& ranks, const ShardLayout& layout, const at::Tensor& whole,
             const at::Tensor& shard) {
  if (ranks.first() && !whole.is_same(shard)) copy_own_pieces(layout, 0, whole, shard, true);
  if (ranks.alone()) return;
  const auto transfers = to_or_from_first(ranks, layout, whole, shard);
  const std::vector<Communicator::Transfer> none;
  ranks.wait(ranks.first() ? ranks.start(transfers, none) : ranks.start(none, transfers));
}

}  // namespace lingua

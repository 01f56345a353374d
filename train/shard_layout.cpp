#include "train/shard_layout.h"

namespace lingua {
namespace {

// A bucket is what is sent at a time: long enough to be worth a message, short enough that many are
// under way before the backward pass ends. Whole blocks, so that sums taken over blocks do not
// depend on the buckets.
constexpr int64_t kBlock = 1 << 16;
constexpr int64_t kMostBlocks = 64;  // 16 MB of float32
constexpr int64_t kBuckets = 16;     // at the least, where there are so many blocks

constexpr int64_t kAligned = 64;  // a piece begins at a multiple of this in its bucket

int64_t bucket_size(int64_t count) {
  const int64_t blocks = (count + kBlock - 1) / kBlock;
  return kBlock * std::clamp<int64_t>(blocks / kBuckets, 1, kMostBlocks);
}

// Where piece `rank` of a bucket of `size` elements begins.
int64_t piece_begin(int64_t size, int rank, int ranks) {
  if (rank == ranks) return size;
  return size * rank / ranks / kAligned * kAligned;
}

}  // namespace

ShardLayout::ShardLayout(int64_t count, int ranks)
    : count_(count), bucket_(bucket_size(count)), ranks_(ranks) {}

Range ShardLayout::bucket(int64_t index) const {
  return {index * bucket_, std::min(count_, (index + 1) * bucket_)};
}

ShardPiece ShardLayout::piece(int64_t index, int rank) const {
  const Range whole = bucket(index);
  const auto begin_of = [this, &whole](int which) {
    return whole.begin + piece_begin(whole.size(), which, ranks_);
  };
  // All buckets before are full.
  const int64_t full = piece_begin(bucket_, rank + 1, ranks_) - piece_begin(bucket_, rank, ranks_);
  return {index, {begin_of(rank), begin_of(rank + 1)}, index * full};
}

std::vector<ShardPiece> ShardLayout::pieces(int rank, Range within) const {
  std::vector<ShardPiece> pieces;
  for (int64_t index = 0; index < buckets(); ++index) {
    if (common(bucket(index), within).size() == 0) continue;
    ShardPiece part = piece(index, rank);
    const int64_t begin = part.range.begin;
    part.range = common(part.range, within);
    part.in_shard = part.range.size() > 0 ? part.in_shard + part.range.begin - begin : 0;
    pieces.push_back(part);
  }
  return pieces;
}

int64_t ShardLayout::shard_size(int rank) const {
  if (count_ == 0) return 0;
  const ShardPiece last = piece(buckets() - 1, rank);
  return last.in_shard + last.range.size();
}

}  // namespace lingua

#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace lingua {

// Elements [begin, end) of the flat buffers.
struct Range {
  int64_t begin = 0;
  int64_t end = 0;

  int64_t size() const { return end - begin; }
};

// What two ranges have in common; of size 0 where that is nothing.
inline Range common(Range a, Range b) {
  const int64_t begin = std::max(a.begin, b.begin);
  return {begin, std::max(begin, std::min(a.end, b.end))};
}

// What a rank has of a bucket.
struct ShardPiece {
  int64_t bucket = 0;
  Range range;           // in the flat buffers; may be empty
  int64_t in_shard = 0;  // where it begins in the rank's shard; 0 where it is empty
};

// How flat buffers of `count` elements are spread over the ranks: they are cut into buckets of
// consecutive elements, and each bucket into one piece a rank. A rank's shard is its pieces, one
// after the other. With one rank the shard is the whole buffer.
class ShardLayout {
 public:
  ShardLayout() = default;
  ShardLayout(int64_t count, int ranks);

  int64_t count() const { return count_; }
  int64_t buckets() const { return (count_ + bucket_ - 1) / bucket_; }
  Range bucket(int64_t index) const;

  ShardPiece piece(int64_t bucket, int rank) const;

  // The pieces of `rank`, cut to what lies in `within`: one for each bucket that has elements
  // there.
  std::vector<ShardPiece> pieces(int rank, Range within) const;
  std::vector<ShardPiece> pieces(int rank) const { return pieces(rank, {0, count_}); }

  int64_t shard_size(int rank) const;

 private:
  int64_t count_ = 0;
  int64_t bucket_ = 1;  // elements of all buckets but the last
  int ranks_ = 1;
};

}  // namespace lingua

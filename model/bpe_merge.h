#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/tokenizer.h"

namespace lingua {

// `left` followed by `right` becomes `result`; the earlier in the list, the sooner.
struct Merge {
  TokenId left = 0;
  TokenId right = 0;
  TokenId result = 0;
};

// Looks merges up by their pair: open addressing, at most half full. Immutable.
class MergeTable {
 public:
  struct Entry {
    uint64_t pair = 0;    // left in the upper half, right in the lower
    uint32_t rank = 0;    // place in the list
    TokenId result = -1;  // -1: a free slot
  };

  // `merges` in order of their rank, with ids of at least 0 and every pair once.
  explicit MergeTable(std::span<const Merge> merges);

  const Entry* find(TokenId left, TokenId right) const;  // null when the pair does not merge

 private:
  std::size_t slot_of(uint64_t pair) const;  // its slot, or the free one where it would go

  std::vector<Entry> slots_;  // a power of two of them
  int shift_ = 0;             // 64 less the binary logarithm of their number
};

// A piece of a word on its way to a token.
struct Symbol {
  TokenId id = 0;
  std::size_t bytes = 0;  // of the text that it covers
};

// Merges the symbols of one word after another, keeping its scratch memory between them. One
// thread at a time; the table must outlive it.
class BpeMerger {
 public:
  explicit BpeMerger(const MergeTable& table) : table_(table) {}

  // Applies merges, the lowest rank first and the leftmost of equals first, until none is left.
  // Time n log n in the number of symbols. (Byte-pair encoding: Sennrich et al., arXiv 1508.07909.)
  void merge(std::vector<Symbol>& symbols);

 private:
  struct Candidate {
    uint32_t rank = 0;
    TokenId result = 0;
    std::size_t left = 0;  // place of its first symbol
    bool operator>(const Candidate& other) const {
      return rank != other.rank ? rank > other.rank : left > other.left;
    }
  };
  struct Links {
    std::size_t previous = 0;
    std::size_t next = 0;
  };

  void offer(const std::vector<Symbol>& symbols, std::size_t left, std::size_t right);
  void join(std::vector<Symbol>& symbols, const Candidate& candidate);

  const MergeTable& table_;
  std::vector<Links> links_;
  std::vector<Candidate> heap_;  // the least first
};

}  // namespace lingua

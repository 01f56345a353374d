#include "model/bpe_merge.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace lingua {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

uint64_t pair_of(TokenId left, TokenId right) {
  return static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
}

}  // namespace

MergeTable::MergeTable(std::span<const Merge> merges) {
  const std::size_t size = std::bit_ceil(std::max<std::size_t>(2 * merges.size(), 2));
  slots_.resize(size);
  shift_ = 64 - std::countr_zero(size);
  for (std::size_t rank = 0; rank < merges.size(); ++rank) {
    const uint64_t pair = pair_of(merges[rank].left, merges[rank].right);
    slots_[slot_of(pair)] = {pair, static_cast<uint32_t>(rank), merges[rank].result};
  }
}

std::size_t MergeTable::slot_of(uint64_t pair) const {
  constexpr uint64_t golden_ratio = 0x9E3779B97F4A7C15;  // Knuth's multiplicative hashing
  std::size_t slot = pair * golden_ratio >> shift_;
  while (slots_[slot].result >= 0 && slots_[slot].pair != pair) {
    slot = (slot + 1) & (slots_.size() - 1);
  }
  return slot;
}

const MergeTable::Entry* MergeTable::find(TokenId left, TokenId right) const {
  const Entry& entry = slots_[slot_of(pair_of(left, right))];
  return entry.result >= 0 ? &entry : nullptr;
}

void BpeMerger::offer(const std::vector<Symbol>& symbols, std::size_t left, std::size_t right) {
  if (left == kNone || right == kNone) return;
  const MergeTable::Entry* found = table_.find(symbols[left].id, symbols[right].id);
  if (found == nullptr) return;
  heap_.push_back({found->rank, found->result, left});
  std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
}

// Merges the candidate's symbol with its neighbour, unless an earlier merge took one of them.
void BpeMerger::join(std::vector<Symbol>& symbols, const Candidate& candidate) {
  Symbol& left = symbols[candidate.left];
  const auto [previous, right] = links_[candidate.left];
  if (left.bytes == 0 || right == kNone) return;
  const MergeTable::Entry* found = table_.find(left.id, symbols[right].id);
  if (found == nullptr || found->result != candidate.result) return;
  left = {candidate.result, left.bytes + symbols[right].bytes};
  symbols[right].bytes = 0;  // covers nothing any more: gone
  const std::size_t next = links_[right].next;
  links_[candidate.left].next = next;
  if (next != kNone) links_[next].previous = candidate.left;
  offer(symbols, previous, candidate.left);
  offer(symbols, candidate.left, next);
}

void BpeMerger::merge(std::vector<Symbol>& symbols) {
  const std::size_t count = symbols.size();
  links_.resize(count);
  heap_.clear();
  for (std::size_t i = 0; i < count; ++i) {
    links_[i] = {i == 0 ? kNone : i - 1, i + 1 == count ? kNone : i + 1};
    offer(symbols, i, links_[i].next);
  }
  while (!heap_.empty()) {
    const Candidate best = heap_.front();
    std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
    heap_.pop_back();
    join(symbols, best);
  }
  std::erase_if(symbols, [](const Symbol& symbol) { return symbol.bytes == 0; });
}

}  // namespace lingua

#include "support/block_list.h"

#include <algorithm>
#include <iterator>

namespace lingua {

BlockList::BlockList(std::size_t size, std::size_t unit) : unit_(unit) {
  free_.emplace(0, size / unit * unit);
}

std::optional<std::size_t> BlockList::take(std::size_t size) {
  const std::size_t whole = (std::max<std::size_t>(size, 1) + unit_ - 1) / unit_ * unit_;
  const auto place = std::find_if(free_.begin(), free_.end(),
                                  [whole](const auto& block) { return block.second >= whole; });
  if (place == free_.end()) return std::nullopt;
  const auto [begin, room] = *place;
  free_.erase(place);
  if (room > whole) free_.emplace(begin + whole, room - whole);
  used_.emplace(begin, whole);
  return begin;
}

void BlockList::give_back(std::size_t begin) {
  const auto used = used_.find(begin);
  if (used == used_.end()) return;
  auto place = free_.emplace(begin, used->second).first;
  used_.erase(used);
  const auto next = std::next(place);
  if (next != free_.end() && place->first + place->second == next->first) {
    place->second += next->second;
    free_.erase(next);
  }
  if (place == free_.begin()) return;
  const auto before = std::prev(place);
  if (before->first + before->second != place->first) return;
  before->second += place->second;
  free_.erase(place);
}

}  // namespace lingua

#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <unordered_map>

namespace lingua {

// Hands out blocks of a range of bytes, the lowest place first that has room, so that what is in
// use stays together; neighbours that are free become one. Knows places only, touches no memory.
class BlockList {
 public:
  // All of [0, size) is free. Blocks begin and end at multiples of `unit`.
  BlockList(std::size_t size, std::size_t unit);

  // Where a block of `size` bytes begins; none: no room for it.
  std::optional<std::size_t> take(std::size_t size);

  // Frees a block by its begin.
  void give_back(std::size_t begin);

 private:
  std::size_t unit_;
  std::map<std::size_t, std::size_t> free_;            // begin, size
  std::unordered_map<std::size_t, std::size_t> used_;  // begin, size
};

}  // namespace lingua

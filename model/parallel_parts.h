#pragma once

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace lingua {

inline int64_t blocks_of(int64_t count, int64_t size) { return (count + size - 1) / size; }

// As many of `count` as the other parts have, of whole `unit`s and at most `most`, which is some of
// these: all threads are busy to the end.
inline int64_t equal_share(int64_t count, int64_t most, int64_t unit) {
  const int64_t threads = at::get_num_threads();
  const int64_t parts = blocks_of(blocks_of(count, most), threads) * threads;
  return blocks_of(blocks_of(count, parts), unit) * unit;
}

// Calls work(i, state) for i below `count` on libtorch's threads, each with a state of its own from
// make_state(). For parts that differ in size a thousandfold: each thread takes another one when it
// is free.
template <class MakeState, class Work>
void for_parts(std::size_t count, const MakeState& make_state, const Work& work) {
  std::atomic<std::size_t> next = 0;
  const auto threads = std::min(static_cast<int64_t>(count), int64_t{at::get_num_threads()});
  at::parallel_for(0, threads, 1, [&](int64_t, int64_t) {
    auto state = make_state();
    for (std::size_t i = next++; i < count; i = next++) work(i, state);
  });
}

// The same without a state.
template <class Work>
void for_parts(std::size_t count, const Work& work) {
  struct None {};
  for_parts(
      count, [] { return None{}; }, [&work](std::size_t i, None&) { work(i); });
}

// Calls work(begin, end) for blocks of `size` that cover [0, count). For equal work too: threads
// that share a machine with others are not equally fast.
template <class Work>
void for_blocks(int64_t count, int64_t size, const Work& work) {
  for_parts(static_cast<std::size_t>(blocks_of(count, size)), [&](std::size_t i) {
    const int64_t begin = static_cast<int64_t>(i) * size;
    work(begin, std::min(count, begin + size));
  });
}

// Parts that are left to a thread, from both ends.
class SharedRange {
 public:
  void set(uint32_t begin, uint32_t end) { range_ = uint64_t{begin} << 32 | end; }

  std::optional<uint32_t> take_first() {
    return take(1, [](Range& range) { return range.begin++; });
  }

  // Only where so many are left that it pays.
  std::optional<uint32_t> take_last(uint32_t least) {
    return take(least, [](Range& range) { return --range.end; });
  }

 private:
  struct Range {
    uint32_t begin, end;
  };

  template <class Take>
  std::optional<uint32_t> take(uint32_t least, const Take& take) {
    uint64_t seen = range_;
    while (true) {
      Range range{static_cast<uint32_t>(seen >> 32), static_cast<uint32_t>(seen)};
      if (range.end - range.begin < least) return std::nullopt;
      const uint32_t taken = take(range);
      if (range_.compare_exchange_weak(seen, uint64_t{range.begin} << 32 | range.end)) return taken;
    }
  }

  std::atomic<uint64_t> range_ = 0;
};

// As for_parts(), for parts of which neighbours have much in common: each thread has a range of its
// own, and takes from the end of others' where it is done first and at least so many are left.
template <class MakeState, class Work>
void for_neighbours(std::size_t count, uint32_t least, const MakeState& make_state,
                    const Work& work) {
  const auto threads = static_cast<std::size_t>(at::get_num_threads());
  std::vector<SharedRange> ranges(threads);
  for (std::size_t t = 0; t < threads; ++t) {
    ranges[t].set(static_cast<uint32_t>(count * t / threads),
                  static_cast<uint32_t>(count * (t + 1) / threads));
  }
  for_parts(threads, make_state, [&](std::size_t t, auto& state) {
    while (const auto i = ranges[t].take_first()) work(*i, state);
    for (std::size_t other = t + 1; other < t + threads; ++other) {
      SharedRange& range = ranges[other % threads];
      while (const auto i = range.take_last(least)) work(*i, state);
    }
  });
}

}  // namespace lingua

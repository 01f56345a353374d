#pragma once

#include <ATen/Parallel.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace lingua {

// Calls work(i) for i below `count`, on libtorch's threads, and at_end() on each of them when there
// is nothing left. For parts that differ in size a thousandfold: each thread takes another one when
// it is free.
template <class Work, class AtEnd>
void for_parts(std::size_t count, const Work& work, const AtEnd& at_end) {
  std::atomic<std::size_t> next = 0;
  at::parallel_for(0, at::get_num_threads(), 1, [&](int64_t, int64_t) {
    for (std::size_t i = next++; i < count; i = next++) work(i);
    at_end();
  });
}

template <class Work>
void for_parts(std::size_t count, const Work& work) {
  for_parts(count, work, [] {});
}

}  // namespace lingua

#pragma once

#include <ATen/Parallel.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace lingua {

// Calls work(i, state) for i below `count` on libtorch's threads, each with a state of its own from
// make_state(). For parts that differ in size a thousandfold: each thread takes another one when it
// is free.
template <class MakeState, class Work>
void for_parts(std::size_t count, const MakeState& make_state, const Work& work) {
  std::atomic<std::size_t> next = 0;
  at::parallel_for(0, at::get_num_threads(), 1, [&](int64_t, int64_t) {
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

}  // namespace lingua

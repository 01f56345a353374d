#pragma once

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <vector>

namespace lingua {

// Calls work(i) for i below `count`, on as many threads as libtorch uses. For parts that differ in
// size a thousandfold: each thread takes another one when it is free.
template <class Work>
void for_parts(std::size_t count, const Work& work) {
  std::atomic<std::size_t> next = 0;
  const auto take = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  const auto threads = std::min(count, static_cast<std::size_t>(at::get_num_threads()));
  std::vector<std::future<void>> helpers;
  for (std::size_t i = 1; i < threads; ++i) helpers.push_back(std::async(std::launch::async, take));
  take();
  for (auto& helper : helpers) helper.get();
}

}  // namespace lingua

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

#include "model/parallel_parts.h"

namespace lingua {
namespace {

// Compiled without OpenMP, at::parallel_for calls its work once, on the caller's thread.
TEST(Parallel, LoopsOfOursRunOnAsManyThreadsAsLibtorchsOwn) {
  const int before = at::get_num_threads();
  at::set_num_threads(2);
  std::array<std::thread::id, 2> threads;
  at::parallel_for(0, 2, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      threads.at(static_cast<std::size_t>(i)) = std::this_thread::get_id();
  });
  at::set_num_threads(before);
  EXPECT_NE(threads[0], threads[1]);
}

// Each part once, whoever takes it: one thread is so slow that the others take from its range.
TEST(Parallel, NeighboursAreDoneOnceEach) {
  const int before = at::get_num_threads();
  for (const int threads : {1, 2, 3}) {
    at::set_num_threads(threads);
    for (const std::size_t count : {0, 1, 2, 5, 64, 1000}) {
      for (const uint32_t least : {1, 4}) {
        std::vector<std::atomic<int>> done(count);
        for_neighbours(
            count, least, [] { return 0; },
            [&](std::size_t i, int&) {
              if (i == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
              ++done[i];
            });
        for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(done[i], 1) << i << " of " << count;
      }
    }
  }
  at::set_num_threads(before);
}

TEST(Parallel, BlocksCoverTheRange) {
  std::vector<std::atomic<int>> done(10);
  for_blocks(10, 4, [&](int64_t begin, int64_t end) {
    EXPECT_LE(end - begin, 4);
    for (int64_t i = begin; i < end; ++i) ++done[static_cast<std::size_t>(i)];
  });
  for (const auto& times : done) EXPECT_EQ(times, 1);
}

}  // namespace
}  // namespace lingua

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <array>
#include <thread>

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

}  // namespace
}  // namespace lingua

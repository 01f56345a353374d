#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <array>
#include <atomic>
#include <thread>

#include "model/blas_threads.h"
#include "model/dtype.h"
#include "model/parallel_parts.h"
#include "model/row_product.h"

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

TEST(Parallel, OpenBlasLeavesTheThreadsToLibtorch) {
  const int before = at::get_num_threads();
  set_threads(2);
  const bool openblas = ::dlsym(RTLD_DEFAULT, "openblas_get_num_threads") != nullptr;
  EXPECT_EQ(blas_has_one_thread(), openblas);  // libtorch has another BLAS: nothing happens
  at::set_num_threads(before);
}

TEST(Parallel, ProductsOfAnyNumberOfRowsAreWhole) {
  const int before = at::get_num_threads();
  const auto weight = at::randn({24, 40});
  for (const int threads : {1, 3, 16}) {
    set_threads(threads);
    for (const int64_t rows : {1, 15, 33, 100, 300}) {
      const auto x = at::randn({rows, 40});
      EXPECT_TRUE(at::allclose(linear_product(x, weight), at::linear(x, weight), 1e-5, 1e-5))
          << rows << " rows, " << threads << " threads";
    }
  }
  at::set_num_threads(before);
}

}  // namespace
}  // namespace lingua

#include "support/memory.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <cstring>

namespace lingua {
namespace {

// Sanitizers bring a malloc of their own.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

long page_faults() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

TEST(Memory, WhatIsFreedIsNotFetchedAgain) {
  keep_freed_memory();
  constexpr std::size_t kBytes = 24 << 20;  // 6144 pages
  const auto use = [] {
    auto* block = static_cast<char*>(std::malloc(kBytes));
    std::memset(block, 1, kBytes);
    const long sum = static_cast<volatile char*>(block)[kBytes / 2];  // not optimised away
    std::free(block);
    return sum;
  };
  long sum = use();
  const long before = page_faults();
  for (int i = 0; i < 5; ++i) sum += use();
  EXPECT_LT(page_faults() - before, 1000);
  EXPECT_EQ(sum, 6);
}
#endif

}  // namespace
}  // namespace lingua

#include "model/tensor_memory.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace lingua {
namespace {

constexpr int64_t kLarge = 1 << 18;  // elements, 1 MB of float32

TEST(TensorMemory, FreedMemoryIsTakenAgain) {
  const auto before = at::ones({kLarge});
  keep_tensor_memory();
  keep_tensor_memory();
  void* first = at::ones({kLarge}).mutable_data_ptr();
  const auto second = at::ones({kLarge});
  EXPECT_EQ(second.mutable_data_ptr(), first);
  EXPECT_NE(at::empty({kLarge}).mutable_data_ptr(), first);
  EXPECT_EQ(before.sum().item<float>(), kLarge);
}

TEST(TensorMemory, TensorsOfManyThreadsStayApart) {
  keep_tensor_memory();
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([t, &wrong] {
      std::vector<at::Tensor> kept(8);
      for (int i = 0; i < 200; ++i) {
        at::Tensor& tensor = kept[static_cast<std::size_t>(i * 5 % 8)];
        if (tensor.defined() && !tensor.eq(static_cast<int64_t>(t)).all().item<bool>()) ++wrong[t];
        tensor = at::full({20000 + 1000 * (i % 13)}, static_cast<int64_t>(t), at::kLong);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
}

}  // namespace
}  // namespace lingua

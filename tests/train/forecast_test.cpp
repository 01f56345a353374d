#include "train/forecast.h"

#include <gtest/gtest.h>

namespace lingua {
namespace {

ModelConfig small_config() {
  ModelConfig config;
  config.vocab_size = 100;
  config.hidden_size = 8;
  config.intermediate_size = 16;
  config.num_hidden_layers = 2;
  config.num_attention_heads = 2;
  config.num_key_value_heads = 1;
  config.head_dim = 4;
  return config;
}

TEST(Forecast, MemoryInFloat32) {
  const ModelConfig config = small_config();
  const auto memory = forecast_memory({.config = config,
                                       .trained = 1000,
                                       .frozen = 50,
                                       .layers = 2,
                                       .recompute = false,
                                       .dtype = at::kFloat,
                                       .rows = 10,
                                       .averaged = false,
                                       .process_bytes = 7});
  EXPECT_EQ(memory.optimiser, 16000);
  EXPECT_EQ(memory.copies, 200);
  EXPECT_EQ(memory.activations, 4 * 10 * 2 * (4 * 8 + 5 * 8 + 4 + 3 * 16));
  EXPECT_EQ(memory.logits, 4 * 512 * 100);
  EXPECT_EQ(memory.total(), 16000 + 200 + 9920 + 204800 + 7);
}

TEST(Forecast, MemoryInBfloat16WithAnAverageAndRecomputation) {
  const ModelConfig config = small_config();
  const auto memory = forecast_memory({.config = config,
                                       .trained = 1000,
                                       .frozen = 50,
                                       .layers = 2,
                                       .recompute = true,
                                       .dtype = at::kBFloat16,
                                       .rows = 10,
                                       .averaged = true,
                                       .process_bytes = 0});
  EXPECT_EQ(memory.optimiser, 20000);
  EXPECT_EQ(memory.copies, 2 * 50 + 2 * 1000);
  EXPECT_EQ(memory.activations, 2 * 10 * (2 * 8 + 124));
  EXPECT_EQ(memory.logits, 2 * 512 * 100);
}

TEST(Forecast, OperationsOfASample) {
  Sample sample;
  sample.ids = {1, 2, 3};
  sample.target_tokens = 2;
  sample.weight = 2;
  const auto operations = count_operations(small_config(), {&sample, 1});
  // 576 weights a layer, 800 of the head; attention 2 Q a pair of tokens and layer.
  const double products = 2 * (2 * 576 * 3 + 800 * 2), attention = 2 * 2 * 8 * 9;
  EXPECT_DOUBLE_EQ(operations.forward, 2 * (products + attention));
  EXPECT_DOUBLE_EQ(operations.training, 2 * (3 * products + 3.5 * attention));
}

TEST(Forecast, WhatTheProcessHoldsIsSomething) {
  EXPECT_GT(process_bytes_besides(0), int64_t{1} << 20);
  // A model that cannot lie in memory of the process's own lies in a mapped file.
  EXPECT_GT(process_bytes_besides(int64_t{1} << 50), int64_t{1} << 20);
}

}  // namespace
}  // namespace lingua

#include "model/int8_linear.h"

#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <array>
#include <cmath>
#include <random>

#include "model/int8_product.h"

namespace lingua {
namespace {

// Rows, outputs, inputs: less than a tile, some tiles and a rest, several threads' panels.
constexpr int64_t kShapes[][3] = {{1, 16, 64}, {8, 40, 128}, {70, 300, 576}, {130, 48, 1536}};

double relative_error(const at::Tensor& actual, const at::Tensor& expected) {
  const auto exact = expected.to(at::kDouble);
  return ((actual.to(at::kDouble) - exact).norm() / exact.norm()).item<double>();
}

at::Tensor exact_linear(const at::Tensor& x, const at::Tensor& weight) {
  return at::linear(x.to(at::kDouble), weight.to(at::kDouble));
}

class Int8Linear : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_int8_products()) GTEST_SKIP() << "the processor has no AVX512-VNNI";
    at::manual_seed(8);
  }
};

// Two factors rounded to 127 steps of their group's largest number, which is about 2.5 deviations:
// each number errs by 2.5 / 127 / sqrt(12) deviations, both by 0.008 together.
constexpr double kRounding = 0.012;

TEST_F(Int8Linear, IsTheProductUpToRounding) {
  for (const auto& [rows, out, in] : kShapes) {
    for (const auto dtype : {at::kFloat, at::kBFloat16}) {
      const auto x = at::randn({rows, in}).to(dtype), weight = at::randn({out, in}).to(dtype);
      const auto bias = at::randn({out}).to(dtype), added = at::randn({rows, out}).to(dtype);
      const auto packed = int8_weight(weight);
      const auto exact = exact_linear(x, weight);
      EXPECT_LT(relative_error(int8_linear(x, packed, {}, {}), exact), kRounding)
          << rows << ' ' << out << ' ' << in << ' ' << dtype;
      const auto both = int8_linear(x, packed, bias, added);
      EXPECT_EQ(both.scalar_type(), dtype);
      EXPECT_LT(relative_error(both - bias - added, exact), kRounding + 4e-3);
    }
  }
}

// Models have channels that are a hundred times larger than the rest: without a rotation all others
// of their group would be rounded to a few steps.
TEST_F(Int8Linear, AChannelThatStandsOutCostsNothing) {
  const auto x = at::randn({70, 576}), weight = at::randn({96, 576});
  x.select(1, 70).mul_(100);
  weight.select(1, 70).div_(100);
  EXPECT_LT(relative_error(int8_linear(x, int8_weight(weight), {}, {}), exact_linear(x, weight)),
            0.12);
}

TEST_F(Int8Linear, ZerosAndWhatIsNoNumberStayWhatTheyAre) {
  const auto weight = int8_weight(at::randn({32, 128}));
  const auto x = at::zeros({3, 128});
  x[1][70] = NAN;
  x[2][70] = INFINITY;
  const auto y = int8_linear(x, weight, at::ones({32}), {});
  EXPECT_TRUE(at::equal(y[0], at::ones({32})));
  EXPECT_TRUE(y[1].isnan().all().item<bool>());
  EXPECT_FALSE(y[2].isfinite().any().item<bool>());
}

TEST_F(Int8Linear, SwiGluIsThatOfBothHalves) {
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    const auto x = at::randn({70, 128}).to(dtype);
    const auto weight = int8_weight(at::randn({2 * 208, 128}).to(dtype));
    const auto halves = int8_linear(x, weight, {}, {}).to(at::kFloat).chunk(2, -1);
    EXPECT_LT(relative_error(int8_swiglu(x, weight), at::silu(halves[0]) * halves[1]),
              dtype == at::kFloat ? 1e-6 : 8e-3);
  }
}

TEST_F(Int8Linear, IsTheSameOnAnyNumberOfThreads) {
  const int threads = at::get_num_threads();
  for (const auto& [rows, out, in] : kShapes) {
    const auto x = at::randn({rows, in}), weight = at::randn({out, in});
    at::set_num_threads(1);
    const auto once = int8_linear(x, int8_weight(weight), {}, {});
    at::set_num_threads(3);
    EXPECT_TRUE(at::equal(once, int8_linear(x, int8_weight(weight), {}, {})));
  }
  at::set_num_threads(threads);
}

TEST_F(Int8Linear, OnlyInInferenceAndOnlyWholeGroups) {
  Decoder decoder;
  decoder.layers.resize(1);
  LayerWeights& layer = decoder.layers[0];
  layer.qkv.weight = at::randn({32, 64});
  layer.output.weight = layer.gate_up.weight = layer.down.weight = at::randn({32, 96});
  lay_out_int8(decoder);
  EXPECT_FALSE(layer.output.int8);
  EXPECT_FALSE(can_use_int8(layer.qkv, at::randn({1, 64})));
  const c10::InferenceMode inference;
  EXPECT_TRUE(can_use_int8(layer.qkv, at::randn({1, 64})));
}

// Sums of integers are exact, and so are scales that are powers of 2.
TEST_F(Int8Linear, TheKernelAddsUpIntegersExactly) {
  constexpr int64_t kDepth = 128, kGroups = kDepth / int8::kGroup;
  std::mt19937 random(3);
  std::array<uint8_t, int8::kRows * kDepth> left;
  std::array<int8_t, int8::kPanel * kDepth> right;
  std::array<float, int8::kRows * kGroups> left_scales;
  std::array<float, int8::kPanel * kGroups> right_scales;
  std::array<int32_t, int8::kPanel * kGroups> offsets{};
  for (auto& value : left) value = static_cast<uint8_t>(1 + random() % 255);
  for (auto& value : right) value = static_cast<int8_t>(static_cast<int>(random() % 255) - 127);
  for (auto& scale : left_scales) scale = std::ldexp(1.0f, static_cast<int>(random() % 4));
  for (auto& scale : right_scales) scale = std::ldexp(1.0f, -static_cast<int>(random() % 4));
  const auto at_right = [&](int64_t i, int64_t column) -> int32_t {
    return right[i / 4 * 64 + column * 4 + i % 4];
  };
  std::array<float, int8::kRows * int8::kPanel> expected{}, actual;
  for (int64_t r = 0; r < int8::kRows; ++r) {
    for (int64_t c = 0; c < int8::kPanel; ++c) {
      for (int64_t g = 0; g < kGroups; ++g) {
        int32_t sum = 0, offset = 0;
        for (int64_t i = g * int8::kGroup; i < (g + 1) * int8::kGroup; ++i) {
          sum += (left[r * kDepth + i] - 128) * at_right(i, c);
          offset -= 128 * at_right(i, c);
        }
        offsets[g * int8::kPanel + c] = offset;
        expected[r * int8::kPanel + c] += static_cast<float>(sum) * left_scales[r * kGroups + g] *
                                          right_scales[g * int8::kPanel + c];
      }
    }
  }
  int8::product()({left.data(), left_scales.data()},
                  {right.data(), right_scales.data(), offsets.data()}, actual.data(), int8::kPanel,
                  int8::kRows, kDepth);
  EXPECT_EQ(actual, expected);
}

}  // namespace
}  // namespace lingua

#include "model/float_product.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "model/row_product.h"
#include "model/tile_product.h"

namespace lingua {
namespace {

// Rows that leave an odd rest, columns of several threads' blocks, and depths of one and two steps.
struct Sizes {
  int64_t rows, depth, columns;
};
constexpr Sizes kSizes[] = {{1, 32, 32}, {16, 64, 96}, {150, 96, 224}, {300, 800, 160}};

void expect_product(const at::Tensor& x, const at::Tensor& b, const at::Tensor& bias) {
  const auto y = at::full({x.size(0), b.size(1)}, 7.0f);  // what was there does not matter
  float_product_into(y, x, b, bias);
  auto exact = at::mm(x.to(at::kDouble), b.to(at::kDouble));
  if (bias.defined()) exact = exact + bias.to(at::kDouble);
  const double error = ((y.to(at::kDouble) - exact).norm() / exact.norm()).item<double>();
  EXPECT_LT(error, 1e-6) << x.sizes() << ' ' << b.sizes() << ' ' << bias.defined();
}

TEST(FloatProduct, IsTheProductOfAnyRowsAndBothLayouts) {
  if (tiles::product<float>() == nullptr) GTEST_SKIP() << "the processor has no AVX2";
  at::manual_seed(5);
  for (const auto& [rows, depth, columns] : kSizes) {
    const auto x = at::randn({rows, depth + 3}).narrow(1, 2, depth);  // a part of wider rows
    const auto bias = at::randn({columns});
    for (const auto& b : {at::randn({depth, columns}), at::randn({columns, depth}).t()}) {
      expect_product(x, b, {});
      expect_product(x, b, bias);
    }
  }
}

TEST(FloatProduct, OnlyWholeTilesOfFloatsSuit) {
  const auto suits = [](at::IntArrayRef x, at::IntArrayRef b, at::ScalarType dtype = at::kFloat) {
    return suits_float_tiles(at::empty(x, dtype), at::empty(b, dtype));
  };
  if (!suits({256, 64}, {64, 96})) GTEST_SKIP() << "libtorch's products are as fast here";
  EXPECT_FALSE(suits({256, 64}, {64, 96}, at::kBFloat16));
  EXPECT_FALSE(suits({100, 64}, {64, 96}));
  EXPECT_FALSE(suits({256, 65}, {65, 96}));
  EXPECT_FALSE(suits({256, 64}, {64, 16}));
}

// The way that layers take, whichever product it is.
TEST(FloatProduct, LinearProductsAreLibtorchs) {
  at::manual_seed(6);
  const auto x = at::randn({200, 96}), weight = at::randn({64, 96}), bias = at::randn({64});
  EXPECT_TRUE(
      at::allclose(linear_product(x, weight, bias), at::linear(x, weight, bias), 1e-5, 1e-5));
  const auto dy = at::randn({200, 64}), dx = at::empty({200, 96});
  product_into(dx, dy, weight);
  EXPECT_TRUE(at::allclose(dx, at::mm(dy, weight), 1e-5, 1e-5));
}

}  // namespace
}  // namespace lingua

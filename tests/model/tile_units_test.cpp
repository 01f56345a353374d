#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "model/tensor_data.h"
#include "model/tile_kernels.h"
#include "model/tile_linear.h"
#include "tests/model/amx_stand_in_units.h"

#if LINGUA_TILES
namespace lingua {
namespace {

using kernels::Bf16;

// Units that this processor has, chosen or not, and AMX's code without AMX.
struct Units {
  const char* name;
  tiles::FinishedProduct finished;
  tiles::GradientProducts gradient;
};

constexpr const char* kNoUnits = "no fast product of bfloat16 on this processor";

std::vector<Units> all_units() {
  std::vector<Units> all;
  if (__builtin_cpu_supports("avx512bf16")) {
    all.push_back({"AVX512-BF16",
                   tiles::finished_product_avx512_bf16,
                   {tiles::gradient_step_avx512_bf16, tiles::last_gradient_step_avx512_bf16}});
    all.push_back({"AMX by plain loops",
                   testing::finished_product_stand_in,
                   {testing::gradient_step_stand_in, testing::last_gradient_step_stand_in}});
  }
  if (tiles::product<Bf16>() == tiles::product_amx) {
    all.push_back({"AMX",
                   tiles::finished_product_amx,
                   {tiles::gradient_step_amx, tiles::last_gradient_step_amx}});
  }
  return all;
}

at::Tensor random(at::IntArrayRef shape, double scale = 1) {
  return (at::randn(shape) * scale).to(at::kBFloat16);
}

at::Tensor wide(const at::Tensor& tensor) { return tensor.to(at::kDouble); }

double relative_error(const at::Tensor& actual, const at::Tensor& exact) {
  return ((wide(actual) - exact).norm() / exact.norm()).item<double>();
}

// One rounding to bfloat16 is 2^-9 of a value at most.
constexpr double kRounding = 2.5e-3;

tiles::Rows<Bf16> rows_of(const at::Tensor& tensor) {
  return {elements<Bf16>(tensor), tensor.stride(0)};
}

// x [m, k] times the columns [0, n) of a weight as tiles, finished as asked.
struct Call {
  explicit Call(const at::Tensor& x, const at::Tensor& weight)
      : x(x),
        tiles(weight_tiles(weight)),
        sums(at::empty({2, tiles::padded(x.size(0), 32), tiles::padded(weight.size(0), 32)})),
        copies(at::empty({tiles::padded(x.size(0), tiles::kRows), tiles::kRoomStride},
                         at::kBFloat16)) {}

  void run(const Units& units, const tiles::Finish& finish, const at::Tensor& y, int64_t n) const {
    const int64_t k = x.size(1);
    const tiles::Part part{{elements<Bf16>(x), k}, {elements<Bf16>(tiles), k * tiles::kPanel}, k};
    units.finished({&part, 1}, finish, rows_of(y), {x.size(0), n},
                   {elements<float>(sums), elements<Bf16>(copies)});
  }

  at::Tensor x, tiles, sums, copies;
};

// Rows and columns that leave odd blocks, and depths below and above what is summed up in one go.
constexpr int64_t kShapes[][3] = {{1, 32, 32}, {16, 64, 96}, {50, 345, 576}, {70, 96, 1536}};

TEST(TileUnits, AddBiasAndWhatIsThere) {
  if (all_units().empty()) GTEST_SKIP() << kNoUnits;
  at::manual_seed(1);
  for (const Units& units : all_units()) {
    for (const auto& [m, n, k] : kShapes) {
      const auto x = random({m, k}), weight = random({n, k}, 1 / std::sqrt(k));
      const auto bias = random({n}), added = random({m, n}), y = at::empty_like(added);
      tiles::Finish finish;
      finish.bias = elements<Bf16>(bias);
      finish.added = {elements<Bf16>(added), n};
      Call(x, weight).run(units, finish, y, n);
      const auto exact = at::mm(wide(x), wide(weight).t()) + wide(bias) + wide(added);
      EXPECT_LT(relative_error(y, exact), kRounding) << units.name << ' ' << m << ' ' << n;
    }
  }
}

TEST(TileUnits, GateAndKeepWhatWasGated) {
  if (all_units().empty()) GTEST_SKIP() << kNoUnits;
  at::manual_seed(2);
  for (const Units& units : all_units()) {
    for (const auto& [m, n, k] : kShapes) {
      const int64_t width = tiles::padded(n, tiles::kPanel);
      const auto x = random({m, k}), weight = random({2 * width, k}, 1 / std::sqrt(k));
      const auto y = at::empty({m, width}, at::kBFloat16),
                 kept = at::empty({m, 2 * width}, at::kBFloat16);
      tiles::Finish finish;
      finish.up = finish.half = width;
      finish.kept = rows_of(kept);
      Call(x, weight).run(units, finish, y, width);
      const auto exact = at::mm(wide(x), wide(weight).t());
      const auto halves = exact.chunk(2, 1);
      EXPECT_LT(relative_error(kept, exact), kRounding) << units.name << ' ' << m << ' ' << n;
      EXPECT_LT(relative_error(y, at::silu(halves[0]) * halves[1]), kRounding)
          << units.name << ' ' << m << ' ' << n;
    }
  }
}

TEST(TileUnits, TakeAGatesGradient) {
  if (all_units().empty()) GTEST_SKIP() << kNoUnits;
  at::manual_seed(3);
  for (const Units& units : all_units()) {
    for (const auto& [m, n, k] : kShapes) {
      const auto dy = random({m, k}), weight = random({n, k}, 1 / std::sqrt(k));
      const auto gates = random({m, 2 * n}), y = at::empty_like(gates),
                 inner = at::empty({m, n}, at::kBFloat16);
      tiles::Finish finish;
      finish.gates = {elements<Bf16>(gates), 2 * n};
      finish.half = n;
      finish.inner = rows_of(inner);
      Call(dy, weight).run(units, finish, y, n);
      const auto leaf = wide(gates).requires_grad_();
      const auto halves = leaf.chunk(2, 1);
      const auto exact = at::silu(halves[0]) * halves[1];
      exact.backward(at::mm(wide(dy), wide(weight).t()));
      EXPECT_LT(relative_error(inner, exact.detach()), kRounding) << units.name << ' ' << m;
      EXPECT_LT(relative_error(y, leaf.grad()), kRounding) << units.name << ' ' << m << ' ' << n;
    }
  }
}

// a [m, k] b [k, n] in two steps of tokens, written over or added to a part of a larger gradient.
TEST(TileUnits, SumWeightGradientsUp) {
  if (all_units().empty()) GTEST_SKIP() << kNoUnits;
  at::manual_seed(4);
  constexpr int64_t kTokens = 64;  // of a step
  for (const Units& units : all_units()) {
    for (const auto& [rows, columns] : {std::pair{5, 7}, {32, 64}, {100, 130}}) {
      for (const bool over : {true, false}) {
        const int64_t m = tiles::padded(rows, tiles::kRows),
                      n = tiles::padded(columns, tiles::kColumns);
        const auto a = random({2, m, kTokens}), b = random({2, kTokens, n});
        const auto gradient = at::randn({rows, columns + 3}), sums = at::empty({m, n});
        auto exact = at::bmm(wide(a), wide(b)).sum(0).narrow(0, 0, rows).narrow(1, 0, columns);
        if (!over) exact = exact + wide(gradient.narrow(1, 0, columns));
        const auto beside = gradient.narrow(1, columns, 3).clone();
        std::vector<at::Tensor> packed;
        for (int64_t i = 0; i < 2; ++i) packed.push_back(transposed_weight_tiles(b[i]));
        const auto factors = [&](int64_t i) {
          return std::pair{tiles::Rows<const Bf16>{elements<Bf16>(a[i]), kTokens},
                           tiles::Packed<Bf16>{elements<Bf16>(packed[static_cast<std::size_t>(i)]),
                                               kTokens * tiles::kPanel}};
        };
        const tiles::Shape shape{m, n, kTokens};
        const auto [left, right] = factors(0);
        units.gradient.step(left, right, {elements<float>(sums), n}, shape, false, {});
        const auto [last_left, last_right] = factors(1);
        units.gradient.last(last_left, last_right, {elements<float>(sums), n}, shape,
                            {{elements<float>(gradient), columns + 3}, rows, columns, over});
        EXPECT_LT(relative_error(gradient.narrow(1, 0, columns), exact), 1e-6)
            << units.name << ' ' << rows << ' ' << columns << ' ' << over;
        EXPECT_TRUE(at::equal(gradient.narrow(1, columns, 3), beside)) << units.name;
      }
    }
  }
}

}  // namespace
}  // namespace lingua
#endif

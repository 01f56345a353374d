#include "model/float_product.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "model/parallel_parts.h"
#include "model/tensor_data.h"
#include "model/tile_product.h"

namespace lingua {
namespace {

constexpr int64_t kDeepest = 768;     // of what is laid out at a time
constexpr int64_t kMostColumns = 96;  // [768, 96] are 288 KB and stay in the second cache
constexpr int64_t kBlockRows = 64;    // of x, [64, 768] are 192 KB and stay there beside them
constexpr int64_t kLeastRows = 128;   // that pay for laying b out

bool is_dense(const at::Tensor& matrix, int64_t dimension) {
  return matrix.stride(dimension) == 1 && matrix.stride(1 - dimension) >= matrix.size(dimension);
}

bool mkl_misjudges_this_processor() {
#if defined(__x86_64__)
  static const bool result =
      at::hasMKL() && __builtin_cpu_is("amd") && tiles::product<float>() != nullptr;
  return result;
#else
  return false;
#endif
}

// What a thread works in.
struct Scratch {
  explicit Scratch(const at::TensorOptions& options)
      : memory{at::empty({kDeepest * kMostColumns}, options),
               at::empty({tiles::kRows, kDeepest}, options),
               at::empty({tiles::kRows, kMostColumns}, options)},
        packed(elements<float>(memory[0])),
        rows(elements<float>(memory[1])),
        sums(elements<float>(memory[2])) {}
  at::Tensor memory[3];
  float* packed;  // of b
  float* rows;    // the last ones of x, filled up to whole tiles
  float* sums;    // theirs
};

struct FloatProduct {
  tiles::Rows<float> y;
  tiles::Rows<const float> x;
  const float* b;
  int64_t b_row, b_column;  // elements from a row of b to the next, from a column to the next
  tiles::Shape shape;       // m is any number
  bool add;                 // to what is in y

  // Rows [depth, depth + count) of these columns of b.
  tiles::Packed<float> laid_out(int64_t depth, int64_t count, int64_t column, int64_t columns,
                                float* packed) const {
    const float* from = b + depth * b_row + column * b_column;
    if (b_column == 1) {
      tiles::pack(from, b_row, count, columns, packed);
    } else {
      tiles::pack_transposed(from, b_column, columns, count, packed);
    }
    return {packed, count * tiles::kPanel};
  }

  void multiply(int64_t column, int64_t columns, const Scratch& scratch) const {
    const auto product = tiles::product<float>();
    const int64_t whole = shape.m / tiles::kRows * tiles::kRows;
    for (int64_t depth = 0; depth < shape.k; depth += kDeepest) {
      const int64_t count = std::min(kDeepest, shape.k - depth);
      const auto right = laid_out(depth, count, column, columns, scratch.packed);
      for (int64_t row = 0; row < whole; row += kBlockRows) {
        product({x.first + row * x.stride + depth, x.stride}, right,
                {y.first + row * y.stride + column, y.stride},
                {std::min(kBlockRows, whole - row), columns, count}, add || depth > 0);
      }
      if (whole < shape.m) {
        multiply_rest(whole, depth, count, column, columns, right, scratch);
      }
    }
  }

  void multiply_rest(int64_t row, int64_t depth, int64_t count, int64_t column, int64_t columns,
                     const tiles::Packed<float>& right, const Scratch& scratch) const {
    const int64_t rows = shape.m - row;
    std::fill_n(scratch.rows, tiles::kRows * count, 0.0f);
    for (int64_t r = 0; r < rows; ++r) {
      std::copy_n(x.first + (row + r) * x.stride + depth, count, scratch.rows + r * count);
    }
    tiles::product<float>()({scratch.rows, count}, right, {scratch.sums, columns},
                            {tiles::kRows, columns, count}, false);
    for (int64_t r = 0; r < rows; ++r) {
      float* to = y.first + (row + r) * y.stride + column;
      const float* sums = scratch.sums + r * columns;
      for (int64_t i = 0; i < columns; ++i) to[i] = add || depth > 0 ? to[i] + sums[i] : sums[i];
    }
  }
};

}  // namespace

bool suits_float_tiles(const at::Tensor& x, const at::Tensor& b) {
  return mkl_misjudges_this_processor() && x.is_cpu() && x.scalar_type() == at::kFloat &&
         b.scalar_type() == at::kFloat && x.size(0) >= kLeastRows &&
         b.size(0) % tiles::kDepth == 0 && b.size(1) % tiles::kColumns == 0 && is_dense(x, 1) &&
         (is_dense(b, 0) || is_dense(b, 1)) && !at::in_parallel_region();
}

void float_product_into(const at::Tensor& y, const at::Tensor& x, const at::Tensor& b,
                        const at::Tensor& bias) {
  if (bias.defined()) {
    const at::NoGradGuard no_gradient;
    y.copy_(bias.expand_as(y));
  }
  const int64_t columns = b.size(1);
  const FloatProduct product{{elements<float>(y), y.stride(0)},
                             {elements<float>(x), x.stride(0)},
                             elements<float>(b),
                             b.stride(0),
                             b.stride(1),
                             {x.size(0), columns, b.size(0)},
                             bias.defined()};
  const int64_t size = equal_share(columns, kMostColumns, tiles::kColumns);
  for_parts(
      static_cast<std::size_t>(blocks_of(columns, size)), [&] { return Scratch(x.options()); },
      [&](std::size_t part, const Scratch& scratch) {
        const int64_t column = static_cast<int64_t>(part) * size;
        product.multiply(column, std::min(size, columns - column), scratch);
      });
}

}  // namespace lingua

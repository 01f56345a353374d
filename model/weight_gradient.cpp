#include "model/weight_gradient.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <array>

#include "model/gradient_kernels.h"
#include "model/tensor_data.h"
#include "model/tile_finish.h"

namespace lingua {
namespace {

using kernels::Bf16;

int64_t blocks_of(int64_t count, int64_t size) { return (count + size - 1) / size; }

// What a thread works on: so many rows and columns of a gradient, summed over so many tokens at a
// time. The sums and both factors of a step stay in the second-level cache, and a look at x serves
// many rows.
constexpr int64_t kGradientRows = 256, kGradientColumns = 576, kTokens = 512;

// x in steps of kTokens rows, each as a right factor of the products, one after the other.
at::Tensor steps_of(const at::Tensor& x) {
  constexpr int64_t kSlice = 8 * tiles::kColumns;  // columns at a time
  const int64_t rows = x.size(0), columns = x.size(1), slices = blocks_of(columns, kSlice);
  const int64_t width = tiles::padded(columns, tiles::kColumns);
  const auto packed = at::empty({tiles::padded(rows, tiles::kDepth), width}, x.options());
  at::parallel_for(0, blocks_of(rows, kTokens) * slices, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t row = i / slices * kTokens, column = i % slices * kSlice;
      const int64_t count = std::min(kTokens, rows - row);
      tiles::pack(
          elements<Bf16>(x) + row * x.stride(0) + column, x.stride(0), count,
          std::min(kSlice, columns - column),
          elements<Bf16>(packed) + row * width + column * tiles::padded(count, tiles::kDepth));
    }
  });
  return packed;
}

// What a thread works in.
struct Scratch {
  explicit Scratch(const at::TensorOptions& options)
      : memory{at::empty({kGradientRows, kTokens}, options),
               at::empty({kGradientRows, kGradientColumns}, options.dtype(at::kFloat))},
        left(elements<Bf16>(memory[0])),
        sums(elements<float>(memory[1])) {}
  at::Tensor memory[2];
  Bf16* left;   // a slice of dy transposed
  float* sums;  // [kGradientRows, kGradientColumns]
};

// A part of the gradient.
struct Part {
  int64_t row, rows, column, columns;
};

// They are summed up in cache first: units that load and store far apart in memory would wait for
// it.
void add_part(const at::Tensor& gradient, const at::Tensor& dy, const at::Tensor& steps,
              const Part& part, const Scratch& scratch) {
  const int64_t width = steps.size(1), tokens = dy.size(0);
  const int64_t rows = tiles::padded(part.rows, tiles::kRows);
  const tiles::Rows<float> sums{scratch.sums, kGradientColumns};
  for (int64_t token = 0; token < tokens; token += kTokens) {
    const int64_t count = std::min(kTokens, tokens - token);
    const int64_t depth = tiles::padded(count, tiles::kDepth);
    kernels::transpose(elements<Bf16>(dy) + token * dy.stride(0) + part.row, dy.stride(0), count,
                       part.rows, scratch.left, depth);
    std::fill(scratch.left + part.rows * depth, scratch.left + rows * depth, Bf16{});
    const tiles::Packed<Bf16> step{elements<Bf16>(steps) + token * width, depth * tiles::kPanel};
    tiles::product<Bf16>()({scratch.left, depth}, step.from(0, part.column), sums,
                           {rows, tiles::padded(part.columns, tiles::kColumns), depth}, token > 0);
  }
  for (int64_t r = 0; r < part.rows; ++r) {
    kernels::accumulate(sums.first + r * sums.stride,
                        elements<float>(gradient) + (part.row + r) * gradient.size(1) + part.column,
                        part.columns);
  }
}

void add_by_tiles(const at::Tensor& gradient, const at::Tensor& dy, const at::Tensor& x) {
  const int64_t rows = gradient.size(0), columns = gradient.size(1);
  const auto steps = steps_of(x);
  const int64_t across = blocks_of(columns, kGradientColumns);
  const int64_t wide = tiles::padded(blocks_of(columns, across), tiles::kColumns);
  // As many rows in each share as in the others, and all threads busy to the end.
  const int64_t threads = at::get_num_threads();
  const int64_t down = blocks_of(blocks_of(rows, kGradientRows), threads) * threads;
  const int64_t high = tiles::padded(blocks_of(rows, down), tiles::kColumns);
  at::parallel_for(0, blocks_of(rows, high) * across, 1, [&](int64_t begin, int64_t end) {
    const Scratch scratch(x.options());
    for (int64_t i = begin; i < end; ++i) {
      const int64_t row = i / across * high, column = i % across * wide;
      add_part(gradient, dy, steps,
               {row, std::min(high, rows - row), column, std::min(wide, columns - column)},
               scratch);
    }
  });
}

// A factor of so few columns is the left one of the product, whatever its place in the gradient.
constexpr int64_t kThinColumns = 64;

// The gradient of a weight with few rows or few columns: gradient += thin^T wide, or its transpose
// where `across`. thin: [T, r]; wide: [T, n]; gradient: [r, n], or [n, r]. Each panel of the wide
// factor is laid out, used once and forgotten.
void add_thin_by_tiles(const at::Tensor& gradient, const at::Tensor& thin, const at::Tensor& wide,
                       bool across) {
  constexpr int64_t kPanelColumns = 64;
  const int64_t rows = wide.size(0), columns = wide.size(1), few = thin.size(1);
  const int64_t depth = tiles::padded(rows, tiles::kDepth);
  const auto left = at::zeros({tiles::padded(few, tiles::kRows), depth}, thin.options());
  kernels::transpose(elements<Bf16>(thin), thin.stride(0), rows, few, elements<Bf16>(left), depth);
  at::parallel_for(0, blocks_of(columns, kPanelColumns), 1, [&](int64_t begin, int64_t end) {
    const auto panel = at::empty({depth, kPanelColumns}, thin.options());
    std::array<float, kThinColumns * kPanelColumns> product;
    for (int64_t first = begin * kPanelColumns; first < std::min(columns, end * kPanelColumns);
         first += kPanelColumns) {
      const int64_t count = std::min(kPanelColumns, columns - first);
      tiles::pack(elements<Bf16>(wide) + first, wide.stride(0), rows, count, elements<Bf16>(panel));
      tiles::product<Bf16>()({elements<Bf16>(left), depth},
                             {elements<Bf16>(panel), depth * tiles::kPanel},
                             {product.data(), kPanelColumns},
                             {left.size(0), tiles::padded(count, tiles::kColumns), depth}, false);
      for (int64_t i = 0; i < few; ++i) {
        const float* row = product.data() + i * kPanelColumns;
        if (!across) {
          kernels::accumulate(row, elements<float>(gradient) + i * columns + first, count);
          continue;
        }
        float* sum = elements<float>(gradient) + first * few + i;
        for (int64_t j = 0; j < count; ++j) sum[j * few] += row[j];
      }
    }
  });
}

// Through a product in bfloat16, some rows at a time so that it stays in cache.
void add_by_product(const at::Tensor& gradient, const at::Tensor& dy, const at::Tensor& x) {
  constexpr int64_t kRows = 4096, kGrain = 1 << 15;
  const int64_t columns = gradient.size(1);
  for (int64_t first = 0; first < gradient.size(0); first += kRows) {
    const int64_t rows = std::min(kRows, gradient.size(0) - first);
    const auto product = at::mm(dy.narrow(1, first, rows).t(), x);  // [rows, in]
    float* sum = elements<float>(gradient) + first * columns;
    at::parallel_for(0, rows * columns, kGrain, [&](int64_t begin, int64_t end) {
      kernels::accumulate(elements<Bf16>(product) + begin, sum + begin, end - begin);
    });
  }
}

}  // namespace

at::Tensor weight_gradient(const at::Tensor& weight, const at::Tensor& dy, const at::Tensor& x) {
  if (!weight.grad().defined()) return at::mm(dy.t(), x);
  add_weight_gradient(weight.grad(), dy, x);
  return {};
}

void add_weight_gradient(const at::Tensor& gradient, const at::Tensor& dy, const at::Tensor& x) {
  const at::NoGradGuard no_gradient;
  if (dy.scalar_type() == gradient.scalar_type()) {
    gradient.addmm_(dy.t(), x);
  } else if (!dy.is_cpu()) {
    gradient.add_(at::mm(dy.t(), x));
  } else if (tiles::finished_product() == nullptr) {
    add_by_product(gradient, dy, x);
  } else if (dy.size(1) <= kThinColumns) {
    add_thin_by_tiles(gradient, dy, x.contiguous(), /*across=*/false);
  } else if (x.size(1) <= kThinColumns) {
    add_thin_by_tiles(gradient, x, dy, /*across=*/true);
  } else {
    add_by_tiles(gradient, dy, x.contiguous());
  }
}

}  // namespace lingua

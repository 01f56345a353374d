#include "model/weight_gradient.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <array>
#include <memory>

#include "model/matrix_units.h"
#include "model/tensor_data.h"

namespace lingua {
namespace {

using kernels::Bf16;
using kernels::kPanelColumns;

// Rows of a gradient that a thread works on: its slice of dy, the sums and a panel of x stay in
// the second-level cache.
constexpr int64_t kGradientRows = 64;

int64_t blocks_of(int64_t count, int64_t size) { return (count + size - 1) / size; }

// x as panels of paired rows, [panels, even_rows / 2, kPanelColumns, 2].
at::Tensor panels_of(const at::Tensor& x, int64_t even_rows) {
  const int64_t rows = x.size(0), columns = x.size(1);
  const int64_t panels = blocks_of(columns, kPanelColumns);
  auto packed = at::empty({panels, even_rows * kPanelColumns}, x.options());
  at::parallel_for(0, panels, 1, [&](int64_t begin, int64_t end) {
    for (int64_t panel = begin; panel < end; ++panel) {
      const int64_t first = panel * kPanelColumns;
      kernels::paired_rows(elements<Bf16>(x) + first, x.stride(0), rows,
                           std::min(kPanelColumns, columns - first),
                           elements<Bf16>(packed) + panel * even_rows * kPanelColumns, even_rows);
    }
  });
  return packed;
}

// What a thread works in.
struct Scratch {
  std::unique_ptr<Bf16[]> left;      // [kGradientRows, even_rows], a slice of dy transposed
  std::unique_ptr<float[]> product;  // [kGradientRows, in]
};

// The gradient's rows [begin, begin + rows) through the CPU's matrix units. The product is summed
// up in cache first: units that load and store far apart in memory would wait for it.
void add_rows(const at::Tensor& gradient, const at::Tensor& dy, const at::Tensor& panels,
              int64_t even_rows, int64_t begin, int64_t rows, const Scratch& scratch) {
  const int64_t columns = gradient.size(1);
  kernels::transpose(elements<Bf16>(dy) + begin, dy.stride(0), dy.size(0), rows, scratch.left.get(),
                     even_rows);
  for (int64_t first = 0; first < columns; first += kPanelColumns) {
    multiply_panel(scratch.left.get(), even_rows, elements<Bf16>(panels) + first * even_rows,
                   scratch.product.get() + first, columns, rows,
                   std::min(kPanelColumns, columns - first), even_rows, /*add=*/false);
  }
  kernels::accumulate(scratch.product.get(), elements<float>(gradient) + begin * columns,
                      rows * columns);
}

void add_by_units(const at::Tensor& gradient, const at::Tensor& dy, const at::Tensor& x) {
  const int64_t rows = gradient.size(0);
  const int64_t even_rows = blocks_of(dy.size(0), 32) * 32;
  const auto panels = panels_of(x, even_rows);
  at::parallel_for(0, blocks_of(rows, kGradientRows), 1, [&](int64_t begin, int64_t end) {
    const auto count = [](int64_t a, int64_t b) { return static_cast<std::size_t>(a * b); };
    const Scratch scratch{
        std::make_unique_for_overwrite<Bf16[]>(count(kGradientRows, even_rows)),
        std::make_unique_for_overwrite<float[]>(count(kGradientRows, gradient.size(1)))};
    for (int64_t block = begin; block < end; ++block) {
      const int64_t first = block * kGradientRows;
      add_rows(gradient, dy, panels, even_rows, first, std::min(kGradientRows, rows - first),
               scratch);
    }
    release_matrix_units();
  });
}

// A factor of so few columns is the left one of the product, whatever its place in the gradient.
constexpr int64_t kThinColumns = kGradientRows;

// The gradient of a weight with few rows or few columns: gradient += thin^T wide, or its transpose
// where `across`. thin: [T, r]; wide: [T, n]; gradient: [r, n], or [n, r]. Each panel of the wide
// factor is laid out, used once and forgotten.
void add_thin_by_units(const at::Tensor& gradient, const at::Tensor& thin, const at::Tensor& wide,
                       bool across) {
  const int64_t rows = wide.size(0), columns = wide.size(1), few = thin.size(1);
  const int64_t even_rows = blocks_of(rows, 32) * 32;
  const auto left = at::empty({few, even_rows}, thin.options());
  kernels::transpose(elements<Bf16>(thin), thin.stride(0), rows, few, elements<Bf16>(left),
                     even_rows);
  at::parallel_for(0, blocks_of(columns, kPanelColumns), 1, [&](int64_t begin, int64_t end) {
    const auto panel = at::empty({even_rows, kPanelColumns}, thin.options());
    std::array<float, kThinColumns * kPanelColumns> product;
    for (int64_t first = begin * kPanelColumns; first < std::min(columns, end * kPanelColumns);
         first += kPanelColumns) {
      const int64_t count = std::min(kPanelColumns, columns - first);
      kernels::paired_rows(elements<Bf16>(wide) + first, wide.stride(0), rows, count,
                           elements<Bf16>(panel), even_rows);
      multiply_panel(elements<Bf16>(left), even_rows, elements<Bf16>(panel), product.data(),
                     kPanelColumns, few, count, even_rows, /*add=*/false);
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
    release_matrix_units();
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
  } else if (have_matrix_units() && dy.size(1) <= kThinColumns) {
    add_thin_by_units(gradient, dy, x.contiguous(), /*across=*/false);
  } else if (have_matrix_units() && x.size(1) <= kThinColumns) {
    add_thin_by_units(gradient, x, dy, /*across=*/true);
  } else if (have_matrix_units()) {
    add_by_units(gradient, dy, x.contiguous());
  } else {
    add_by_product(gradient, dy, x);
  }
}

}  // namespace lingua

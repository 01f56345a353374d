#include "model/weight_gradient.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "model/forgotten_gradients.h"
#include "model/gradient_kernels.h"
#include "model/parallel_parts.h"
#include "model/row_product.h"
#include "model/tensor_data.h"
#include "model/thin_gradient.h"
#include "model/tile_gradient.h"

namespace lingua {
namespace {

using kernels::Bf16;
using kernels::kStepTokens;

// x in steps of kStepTokens rows, each as a right factor of the products, one after the other.
at::Tensor steps_of(const at::Tensor& x) {
  constexpr int64_t kSlice = 8 * tiles::kColumns;  // columns at a time
  const int64_t rows = x.size(0), columns = x.size(1), slices = blocks_of(columns, kSlice);
  const int64_t width = tiles::padded(columns, tiles::kColumns);
  const auto packed = at::empty({tiles::padded(rows, tiles::kDepth), width}, x.options());
  for_parts(static_cast<std::size_t>(blocks_of(rows, kStepTokens) * slices), [&](std::size_t part) {
    const auto i = static_cast<int64_t>(part);
    const int64_t row = i / slices * kStepTokens, column = i % slices * kSlice;
    const int64_t count = std::min(kStepTokens, rows - row);
    tiles::pack(
        elements<Bf16>(x) + row * x.stride(0) + column, x.stride(0), count,
        std::min(kSlice, columns - column),
        elements<Bf16>(packed) + row * width + column * tiles::padded(count, tiles::kDepth));
  });
  return packed;
}

// Rows and columns of a gradient that a thread works on: the sums and both factors of a step stay
// in the second cache, and a look at x serves many rows.
struct Blocks {
  Blocks(int64_t rows, int64_t columns) {
    constexpr int64_t kMostRows = 512, kMostColumns = 768, kSums = 288 * 576;
    const int64_t across = blocks_of(columns, kMostColumns);
    this->columns = tiles::padded(blocks_of(columns, across), tiles::kColumns);
    this->rows = equal_share(rows, std::min(kMostRows, kSums / this->columns), tiles::kRows);
  }
  int64_t rows, columns;
};

// What a thread works in.
struct Scratch {
  Scratch(const Blocks& blocks, const at::TensorOptions& options)
      : memory{at::empty({blocks.rows, kStepTokens}, options),
               at::empty({blocks.rows, blocks.columns}, options.dtype(at::kFloat))},
        left(elements<Bf16>(memory[0])),
        sums{elements<float>(memory[1]), blocks.columns} {}
  at::Tensor memory[2];
  Bf16* left;  // a slice of dy transposed
  tiles::Rows<float> sums;
};

// A part of the gradient.
struct Part {
  int64_t row, rows, column, columns;
};

// They are summed up in cache first: units that load and store far apart in memory would wait for
// it. `over`: what the gradient holds is written over.
void add_part(const at::Tensor& gradient, const at::Tensor& dy, const at::Tensor& steps,
              const Part& part, bool over, const Scratch& scratch) {
  const auto products = tiles::gradient_products();
  const int64_t width = steps.size(1), tokens = dy.size(0), stride = dy.stride(0);
  const Bf16* slice = elements<Bf16>(dy) + part.row;
  tiles::Shape shape{tiles::padded(part.rows, tiles::kRows),
                     tiles::padded(part.columns, tiles::kColumns), 0};
  for (int64_t token = 0; token < tokens; token += kStepTokens, slice += kStepTokens * stride) {
    const int64_t count = std::min(kStepTokens, tokens - token);
    shape.k = tiles::padded(count, tiles::kDepth);
    kernels::transpose(slice, stride, count, part.rows, scratch.left, shape.k);
    std::fill(scratch.left + part.rows * shape.k, scratch.left + shape.m * shape.k, Bf16{});
    const tiles::Rows<const Bf16> left{scratch.left, shape.k};
    const auto right =
        tiles::Packed<Bf16>{elements<Bf16>(steps) + token * width, shape.k * tiles::kPanel}.from(
            0, part.column);
    if (const int64_t next = std::min(kStepTokens, tokens - token - count); next > 0) {
      products.step(left, right, scratch.sums, shape, token > 0,
                    {{slice + kStepTokens * stride, stride}, next, part.rows});
      continue;
    }
    float* to = elements<float>(gradient) + part.row * gradient.size(1) + part.column;
    products.last(left, right, {token > 0 ? scratch.sums.first : nullptr, scratch.sums.stride},
                  shape, {{to, gradient.size(1)}, part.rows, part.columns, over});
  }
}

void add_by_tiles(const at::Tensor& gradient, const at::Tensor& dy, const at::Tensor& x,
                  bool over) {
  const int64_t rows = gradient.size(0), columns = gradient.size(1);
  const auto steps = steps_of(x);
  const Blocks blocks(rows, columns);
  const int64_t across = blocks_of(columns, blocks.columns);
  for_parts(
      static_cast<std::size_t>(blocks_of(rows, blocks.rows) * across),
      [&] { return Scratch(blocks, x.options()); },
      [&](std::size_t part, const Scratch& scratch) {
        const auto i = static_cast<int64_t>(part);
        const int64_t row = i / across * blocks.rows, column = i % across * blocks.columns;
        add_part(gradient, dy, steps,
                 {row, std::min(blocks.rows, rows - row), column,
                  std::min(blocks.columns, columns - column)},
                 over, scratch);
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
  constexpr int64_t kThin = 64;  // columns of a factor
  const at::NoGradGuard no_gradient;
  if (dy.scalar_type() == gradient.scalar_type()) {
    if (remember_gradient(gradient)) gradient.zero_();
    share_rows(gradient, [&](int64_t first, int64_t count) {
      gradient.narrow(0, first, count).addmm_(dy.narrow(1, first, count).t(), x);
    });
  } else if (!dy.is_cpu()) {
    add_to_gradient(gradient, at::mm(dy.t(), x));
  } else if (std::min(dy.size(1), x.size(1)) <= kThin && has_thin_gradients(dy)) {
    const bool across = dy.size(1) > kThin;
    const ThinProduct thin{across ? x : dy, across ? dy : x, {{gradient}}, across};
    add_thin_gradients({&thin, 1});
  } else if (tiles::gradient_products().step != nullptr) {
    add_by_tiles(gradient, dy, x.contiguous(), remember_gradient(gradient));
  } else {
    if (remember_gradient(gradient)) gradient.zero_();
    add_by_product(gradient, dy, x);
  }
}

}  // namespace lingua

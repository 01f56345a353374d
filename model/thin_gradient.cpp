#include "model/thin_gradient.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "model/forgotten_gradients.h"
#include "model/gradient_kernels.h"
#include "model/parallel_parts.h"
#include "model/tensor_data.h"
#include "model/tile_product.h"

namespace lingua {
namespace {

using kernels::Bf16;
using kernels::kStepTokens;

constexpr int64_t kColumns = 384;   // of the wide factor, at most
constexpr int64_t kSums = 1 << 17;  // with both factors of a step they stay in the second cache

// Where rows of a product go.
struct Target {
  float* first;
  int64_t first_row, rows;
  bool over;  // what is there is written over
};

// One whose columns lie side by side.
struct Factor {
  explicit Factor(const at::Tensor& tensor)
      : kept(tensor.stride(1) == 1 ? tensor : tensor.contiguous()),
        first(elements<Bf16>(kept)),
        stride(kept.stride(0)) {}
  const Bf16* row(int64_t token) const { return first + token * stride; }

  at::Tensor kept;
  const Bf16* first;
  int64_t stride;
};

struct Product {
  explicit Product(const ThinProduct& product)
      : thin(product.thin),
        wide(product.wide),
        tokens(product.wide.size(0)),
        few(product.thin.size(1)),
        columns(product.wide.size(1)),
        across(product.across) {
    for (const ThinGradient& to : product.gradients) {
      targets.push_back({elements<float>(to.gradient), to.first_row,
                         across ? few : to.gradient.size(0), remember_gradient(to.gradient)});
    }
    const int64_t most = std::min(kColumns, kSums / padded_rows());
    block = equal_share(columns, std::max(most, tiles::kColumns), tiles::kColumns);
  }

  int64_t padded_rows() const { return tiles::padded(few, tiles::kRows); }

  Factor thin, wide;
  int64_t tokens, few, columns;
  bool across;
  std::vector<Target> targets;
  int64_t block = 0;  // columns that a thread does at a time
};

// Some columns of a product.
struct Part {
  const Product* product;
  int64_t column, columns;
};

// What a thread works in.
struct Scratch {
  Scratch(int64_t rows, int64_t columns)
      : memory{at::empty({rows, kStepTokens}, at::kBFloat16),
               at::empty({kStepTokens, columns}, at::kBFloat16),
               at::empty({rows, columns}, at::kFloat)},
        left(elements<Bf16>(memory[0])),
        right(elements<Bf16>(memory[1])),
        sums(elements<float>(memory[2])) {}
  at::Tensor memory[3];
  Bf16* left;   // a step of the thin factor, transposed
  Bf16* right;  // and of the wide one, laid out
  float* sums;  // [rows, columns]
};

void write_across(const Part& part, const Target& target, const float* sums) {
  const int64_t few = part.product->few;
  float* to = target.first + part.column * few;
  for (int64_t row = 0; row < few; ++row, sums += part.product->block) {
    for (int64_t i = 0; i < part.columns; ++i) {
      float& sum = to[i * few + row];
      sum = target.over ? sums[i] : sum + sums[i];
    }
  }
}

void write_rows(const Part& part, const Target& target, const float* sums) {
  sums += target.first_row * part.product->block;
  float* to = target.first + part.column;
  for (int64_t row = 0; row < target.rows; ++row, sums += part.product->block) {
    if (target.over) {
      std::copy_n(sums, part.columns, to);
    } else {
      kernels::accumulate(sums, to, part.columns);
    }
    to += part.product->columns;
  }
}

// Each step of the wide factor is laid out, used once and forgotten.
void add_part(const Part& part, const Scratch& scratch) {
  const Product& product = *part.product;
  const int64_t rows = product.padded_rows();
  for (int64_t token = 0; token < product.tokens; token += kStepTokens) {
    const int64_t count = std::min(kStepTokens, product.tokens - token);
    const int64_t depth = tiles::padded(count, tiles::kDepth);
    kernels::transpose(product.thin.row(token), product.thin.stride, count, product.few,
                       scratch.left, depth);
    std::fill(scratch.left + product.few * depth, scratch.left + rows * depth, Bf16{});
    tiles::pack(product.wide.row(token) + part.column, product.wide.stride, count, part.columns,
                scratch.right);
    tiles::product<Bf16>()({scratch.left, depth}, {scratch.right, depth * tiles::kPanel},
                           {scratch.sums, product.block},
                           {rows, tiles::padded(part.columns, tiles::kColumns), depth}, token > 0);
  }
  for (const Target& target : product.targets) {
    (product.across ? write_across : write_rows)(part, target, scratch.sums);
  }
}

}  // namespace

bool has_thin_gradients(const at::Tensor& factor) {
  return factor.is_cpu() && factor.scalar_type() == at::kBFloat16 &&
         tiles::product<Bf16>() != nullptr;
}

void add_thin_gradients(std::span<const ThinProduct> products) {
  const std::vector<Product> all(products.begin(), products.end());
  std::vector<Part> parts;
  int64_t rows = 0, columns = 0;
  for (const Product& product : all) {
    for (int64_t column = 0; column < product.columns; column += product.block) {
      parts.push_back({&product, column, std::min(product.block, product.columns - column)});
    }
    rows = std::max(rows, product.padded_rows());
    columns = std::max(columns, product.block);
  }
  for_parts(
      parts.size(), [&] { return Scratch(rows, columns); },
      [&](std::size_t i, const Scratch& scratch) { add_part(parts[i], scratch); });
}

}  // namespace lingua

#include "model/tile_linear.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>

#include "model/finished_linear.h"
#include "model/kernels.h"
#include "model/tensor_data.h"
#include "model/tile_product.h"

namespace lingua {
namespace {

using tiles::padded;

constexpr int64_t kBlockRows = 64;

// Columns whose weights stay in the second cache while all rows pass by, and at most so many that
// their sums do too.
int64_t chunk_columns(int64_t out, int64_t in, int64_t element_size) {
  constexpr int64_t kCacheBytes = 1 << 19, kMost = 256;
  const int64_t fitting = kCacheBytes / (in * element_size) / tiles::kColumns * tiles::kColumns;
  const int64_t most = std::clamp(fitting, tiles::kColumns, kMost);
  const int64_t chunks = (out + most - 1) / most;
  return padded((out + chunks - 1) / chunks, tiles::kColumns);
}

template <class T>
class Linear {
 public:
  Linear(const std::vector<TileTerm>& terms, const TileEnding& ending, int64_t out)
      : ending_(ending),
        rows_(terms[0].x.size(0)),
        out_(out),
        y_(at::empty({rows_, out}, terms[0].x.options())),
        columns_(chunk_columns(out, terms[0].x.size(1), sizeof(T))) {
    for (const TileTerm& term : terms) {
      const int64_t in = term.x.size(1);
      terms_.push_back({term.x.contiguous(), in, {elements<T>(term.tiles), in * tiles::kPanel}});
      widest_ = std::max(widest_, in);
    }
  }

  // Neighbouring blocks share their columns, so that a thread finds these in its cache.
  at::Tensor run() {
    const int64_t row_blocks = (rows_ + kBlockRows - 1) / kBlockRows;
    const int64_t chunks = (out_ + columns_ - 1) / columns_;
    at::parallel_for(0, row_blocks * chunks, 1, [&](int64_t begin, int64_t end) {
      const auto sums = at::empty({2, kBlockRows, columns_}, at::kFloat);
      const auto rows = at::empty({kBlockRows, widest_}, y_.options());
      for (int64_t i = begin; i < end; ++i) {
        multiply(i % row_blocks * kBlockRows, i / row_blocks * columns_, elements<float>(sums),
                 elements<T>(rows));
      }
    });
    return y_;
  }

 private:
  struct Term {
    at::Tensor x;
    int64_t in;
    tiles::Packed<T> weight;
  };

  // Rows and columns of a block.
  struct Block {
    int64_t row, column, rows, columns;
  };

  void multiply(int64_t row, int64_t column, float* sums, T* spare) const {
    const Block block{row, column, std::min(kBlockRows, rows_ - row),
                      std::min(columns_, out_ - column)};
    float* up = sums + kBlockRows * columns_;
    for (const Term& term : terms_) {
      tiles::Rows<const T> left{elements<T>(term.x) + row * term.in, term.in};
      if (block.rows % tiles::kRows != 0) {  // the products take whole tiles
        std::copy_n(left.first, block.rows * term.in, spare);
        std::fill(spare + block.rows * term.in, spare + padded(block.rows, tiles::kRows) * term.in,
                  T{});
        left.first = spare;
      }
      const tiles::Shape shape{padded(block.rows, tiles::kRows),
                               padded(block.columns, tiles::kColumns), term.in};
      const bool add = &term != &terms_.front();
      product_(left, term.weight.from(0, column), {sums, columns_}, shape, add);
      if (ending_.gated) {
        product_(left, term.weight.from(0, out_ + column), {up, columns_}, shape, add);
      }
    }
    if (ending_.gated) {
      finish_gated(block, sums, up);
    } else {
      finish(block, sums);
    }
  }

  void finish(const Block& block, const float* sums) const {
    const T* bias = ending_.bias.defined() ? elements<T>(ending_.bias) + block.column : nullptr;
    for (int64_t r = 0; r < block.rows; ++r) {
      const int64_t at = (block.row + r) * out_ + block.column;
      const T* added = ending_.added.defined() ? elements<T>(ending_.added) + at : nullptr;
      kernels::add_and_round(sums + r * columns_, bias, added, elements<T>(y_) + at, block.columns);
    }
  }

  void finish_gated(const Block& block, const float* gate, const float* up) const {
    for (int64_t r = 0; r < block.rows; ++r) {
      kernels::gate_and_round(gate + r * columns_, up + r * columns_,
                              elements<T>(y_) + (block.row + r) * out_ + block.column,
                              block.columns);
    }
  }

  const TileEnding ending_;
  const int64_t rows_, out_;
  const at::Tensor y_;
  const int64_t columns_;  // of a chunk
  std::vector<Term> terms_;
  int64_t widest_ = 0;
  const tiles::Product<T> product_ = tiles::product<T>();
};

at::Tensor multiplied(const std::vector<TileTerm>& terms, const TileEnding& ending, int64_t out) {
  if (can_finish_linear(terms[0].x)) return finished_linear(terms, ending, out);
  at::Tensor y;
  dispatch_float(terms[0].x.scalar_type(),
                 [&]<class T>(T) { y = Linear<T>(terms, ending, out).run(); });
  return y;
}

}  // namespace

bool can_use_tiles(const at::Tensor& tiles, const at::Tensor& x) {
  return tiles.defined() && c10::InferenceMode::is_enabled() && x.is_cpu();
}

at::Tensor tile_linear(const std::vector<TileTerm>& terms, const at::Tensor& bias,
                       const at::Tensor& added, int64_t out) {
  return multiplied(terms, {bias, added.defined() ? added.contiguous() : added}, out);
}

at::Tensor tile_swiglu(const at::Tensor& x, const at::Tensor& tiles, int64_t out) {
  return multiplied({{x, tiles}}, {.gated = true}, out);
}

}  // namespace lingua

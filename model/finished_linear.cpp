#include "model/finished_linear.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>

#include "model/tensor_data.h"
#include "model/tile_finish.h"

namespace lingua {
namespace {

using kernels::Bf16;

// Rows and columns of y that a thread does at a time.
struct Blocks {
  int64_t rows = 0;
  int64_t columns = 0;
};

// Where the weights of many columns fit into the second cache, they stay there while all rows pass
// by. Where they do not, they pass by themselves, and more rows share each look at them. Long rows
// of y are written faster than short ones.
Blocks blocks_for(int64_t rows, int64_t out, int64_t in, bool gated) {
  constexpr int64_t kCacheBytes = 896 << 10, kLeast = 256, kMost = 768, kDeep = 512;
  constexpr int64_t kTasks = 4;  // of a thread, so that all have about as much to do
  const int64_t halves = gated ? 2 : 1;
  const int64_t fitting = kCacheBytes / (2 * in);
  const bool stay = fitting >= kLeast;
  const int64_t most = (stay ? std::min(fitting, kMost) : kDeep) / halves;
  Blocks blocks{stay ? 64 : 256, 0};
  const int64_t row_blocks = (rows + blocks.rows - 1) / blocks.rows;
  const int64_t wanted = (kTasks * at::get_num_threads() + row_blocks - 1) / row_blocks;
  const int64_t chunks =
      std::max((out + most - 1) / most, std::min(wanted, out / (2 * tiles::kColumns)));
  blocks.columns = tiles::padded((out + chunks - 1) / chunks, tiles::kColumns);
  return blocks;
}

}  // namespace

bool can_finish_linear(const at::Tensor& x) {
  return x.scalar_type() == at::kBFloat16 && tiles::finished_product() != nullptr;
}

at::Tensor finished_linear(const std::vector<TileTerm>& terms, const TileEnding& ending,
                           int64_t out) {
  const int64_t rows = terms[0].x.size(0);
  std::vector<at::Tensor> inputs;
  std::vector<tiles::Part> parts;  // of the first row and column
  int64_t depth = 0;
  for (const TileTerm& term : terms) {
    inputs.push_back(term.x.contiguous());
    const int64_t in = term.x.size(1);
    parts.push_back({{elements<Bf16>(inputs.back()), in},
                     {elements<Bf16>(term.tiles), in * tiles::kPanel},
                     in});
    depth += in;
  }
  const auto y = at::empty({rows, out}, terms[0].x.options());
  const auto at_row_and_column = [&](const at::Tensor& tensor, int64_t row, int64_t column) {
    return tensor.defined() ? elements<Bf16>(tensor) + row * out + column : nullptr;
  };
  const Blocks blocks = blocks_for(rows, out, depth, ending.gated);
  const int64_t row_blocks = (rows + blocks.rows - 1) / blocks.rows;
  const int64_t chunks = (out + blocks.columns - 1) / blocks.columns;
  const auto multiply = tiles::finished_product();
  // Neighbouring tasks share their columns, so that a thread finds these in its cache.
  at::parallel_for(0, row_blocks * chunks, 1, [&](int64_t begin, int64_t end) {
    const auto sums = at::empty({ending.gated ? 2 : 1, blocks.rows, blocks.columns}, at::kFloat);
    const auto copies = at::empty({blocks.rows, tiles::kRoomStride}, y.options());
    const tiles::Room room{elements<float>(sums), elements<Bf16>(copies)};
    std::vector<tiles::Part> here(parts.size());
    for (int64_t i = begin; i < end; ++i) {
      const int64_t row = i % row_blocks * blocks.rows, column = i / row_blocks * blocks.columns;
      for (std::size_t p = 0; p < parts.size(); ++p) {
        const tiles::Part& part = parts[p];
        here[p] = {{part.a.first + row * part.a.stride, part.a.stride},
                   part.b.from(0, column),
                   part.k};
      }
      const tiles::Finish finish{at_row_and_column(ending.bias, 0, column),
                                 {at_row_and_column(ending.added, row, column), out},
                                 ending.gated ? out : 0};
      multiply(here, finish, {at_row_and_column(y, row, column), out},
               {std::min(blocks.rows, rows - row), std::min(blocks.columns, out - column)}, room);
    }
  });
  return y;
}

}  // namespace lingua

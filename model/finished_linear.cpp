#include "model/finished_linear.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>

#include "model/parallel_parts.h"
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
  const int64_t row_blocks = blocks_of(rows, blocks.rows);
  const int64_t wanted = blocks_of(kTasks * at::get_num_threads(), row_blocks);
  const int64_t chunks =
      std::max(blocks_of(out, most), std::min(wanted, out / (2 * tiles::kColumns)));
  blocks.columns = tiles::padded(blocks_of(out, chunks), tiles::kColumns);
  return blocks;
}

// A term as the products read it.
struct Factors {
  tiles::Rows<const Bf16> x;
  int64_t depth = 0;
  const Bf16* tiles = nullptr;   // of all columns; or null
  const Bf16* weight = nullptr;  // where there are none
  int64_t weight_stride = 0;
  bool transposed = false;

  // Lays out the weights of some columns.
  void pack(int64_t column, int64_t columns, Bf16* to) const {
    if (transposed) {
      tiles::pack(weight + column, weight_stride, depth, columns, to);
    } else {
      tiles::pack_transposed(weight + column * weight_stride, weight_stride, columns, depth, to);
    }
  }
};

// A product with all that its threads share.
class Product {
 public:
  Product(const std::vector<TileTerm>& terms, const TileEnding& ending, int64_t out)
      : ending_(ending),
        rows_(terms[0].x.size(0)),
        out_(out),
        gradient_(ending.gate_up.defined() && !ending.gated),
        width_(gradient_ ? 2 * out : out),
        y_(at::empty({rows_, width_}, terms[0].x.options())) {
    int64_t depth = 0;
    for (const TileTerm& term : terms) {
      inputs_.push_back(term.x.contiguous());
      const int64_t in = term.x.size(1);
      Factors factors{{elements<Bf16>(inputs_.back()), in}, in};
      if (term.tiles.defined()) {
        factors.tiles = elements<Bf16>(term.tiles);
      } else {
        inputs_.push_back(term.weight.contiguous());
        factors.weight = elements<Bf16>(inputs_.back());
        factors.weight_stride = term.weight.size(1);
        factors.transposed = term.transposed;
        to_pack_ += in;
      }
      factors_.push_back(factors);
      depth += in;
    }
    blocks_ = blocks_for(rows_, out, depth, ending.gated);
  }

  at::Tensor run() {
    const int64_t row_blocks = blocks_of(rows_, blocks_.rows);
    const int64_t chunks = blocks_of(out_, blocks_.columns);
    // Neighbouring tasks share their columns, so that a thread finds these in its cache. To lay
    // them out pays for some tasks only.
    const uint32_t least = to_pack_ > 0 ? 4 : 1;
    for_neighbours(
        static_cast<std::size_t>(row_blocks * chunks), least, [&] { return Scratch(*this); },
        [&](int64_t i, Scratch& scratch) {
          const int64_t column = i / row_blocks * blocks_.columns;
          if (column != scratch.column) find_columns(column, scratch);
          multiply(i % row_blocks * blocks_.rows, column, scratch);
        });
    return y_;
  }

 private:
  // What a thread works in.
  struct Scratch {
    explicit Scratch(const Product& product)
        : sums(at::empty({product.halves(), product.blocks_.rows, product.blocks_.columns},
                         at::kFloat)),
          copies(at::empty({product.blocks_.rows, tiles::kRoomStride}, product.y_.options())),
          packed(at::empty({product.halves() * product.to_pack_ * product.blocks_.columns},
                           product.y_.options())),
          room{elements<float>(sums), elements<Bf16>(copies)},
          parts(product.factors_.size()) {}
    at::Tensor sums, copies, packed;
    tiles::Room room;
    int64_t column = -1;             // the first of those at hand
    std::vector<tiles::Part> parts;  // their b: of these columns
  };

  // Where a gate's weights are laid out here, those of what it gates follow.
  void find_columns(int64_t column, Scratch& scratch) const {
    const int64_t columns = std::min(blocks_.columns, out_ - column);
    Bf16* packed = elements<Bf16>(scratch.packed);
    scratch.column = column;
    for (std::size_t p = 0; p < factors_.size(); ++p) {
      const Factors& factors = factors_[p];
      const int64_t panel = factors.depth * tiles::kPanel;
      tiles::Packed<Bf16> b{packed, panel};
      if (factors.tiles != nullptr) {
        b = tiles::Packed<Bf16>{factors.tiles, panel}.from(0, column);
      } else {
        for (int64_t half = 0; half < halves(); ++half) {
          factors.pack(half * out_ + column, columns, packed);
          packed += factors.depth * blocks_.columns;
        }
      }
      scratch.parts[p].b = b;
    }
  }

  void multiply(int64_t row, int64_t column, Scratch& scratch) const {
    for (std::size_t p = 0; p < factors_.size(); ++p) {
      const Factors& factors = factors_[p];
      scratch.parts[p].a = {factors.x.first + row * factors.x.stride, factors.x.stride};
      scratch.parts[p].k = factors.depth;
    }
    tiles::Finish finish;
    finish.bias = at(ending_.bias, 0, column, out_);
    finish.added = {at(ending_.added, row, column, out_), out_};
    if (ending_.gated) finish.up = to_pack_ > 0 ? blocks_.columns : out_;
    finish.half = out_;
    const tiles::Rows<Bf16> gate_up{at(ending_.gate_up, row, column, 2 * out_), 2 * out_};
    if (gradient_) {
      finish.gates = {gate_up.first, gate_up.stride};
      finish.inner = {at(ending_.inner, row, column, out_), out_};
    } else {
      finish.kept = gate_up;
    }
    tiles::finished_product()(
        scratch.parts, finish, {at(y_, row, column, width_), width_},
        {std::min(blocks_.rows, rows_ - row), std::min(blocks_.columns, out_ - column)},
        scratch.room);
  }

  int64_t halves() const { return ending_.gated ? 2 : 1; }

  static Bf16* at(const at::Tensor& tensor, int64_t row, int64_t column, int64_t stride) {
    return tensor.defined() ? elements<Bf16>(tensor) + row * stride + column : nullptr;
  }

  const TileEnding ending_;
  const int64_t rows_, out_;
  const bool gradient_;  // at a gate
  const int64_t width_;  // of y
  const at::Tensor y_;
  std::vector<at::Tensor> inputs_;
  std::vector<Factors> factors_;
  int64_t to_pack_ = 0;  // depth of all terms that are laid out here
  Blocks blocks_;
};

}  // namespace

bool can_finish_linear(const at::Tensor& x) {
  return x.scalar_type() == at::kBFloat16 && tiles::finished_product() != nullptr;
}

at::Tensor finished_linear(const std::vector<TileTerm>& terms, const TileEnding& ending,
                           int64_t out) {
  return Product(terms, ending, out).run();
}

}  // namespace lingua

#include "model/attention_squares.h"

#include <algorithm>
#include <memory>

#include "model/attention_kernels.h"
#include "model/matrix_units.h"
#include "model/tensor_data.h"

namespace lingua {
namespace {

using kernels::Bf16;
using kernels::kPanelColumns;

constexpr int64_t kSide = kernels::kAttentionBlock, kSquare = kSide * kSide;

template <class T>
std::unique_ptr<T[]> room_for(int64_t count) {
  return std::make_unique_for_overwrite<T[]>(static_cast<std::size_t>(count));
}

// A head's rows in a matrix of all heads; the rows are `stride` elements apart.
struct Rows {
  Bf16* data;
  int64_t stride;

  Rows from(int64_t row) const { return {data + row * stride, stride}; }
};

Rows head_rows(const at::Tensor& all, int64_t first_token, int64_t first_element) {
  return {elements<Bf16>(all) + first_token * all.stride(0) + first_element, all.stride(0)};
}

// `count` rows as a dense block of kSide, filled up with 0.
void copy_block(const Rows& from, int64_t count, int64_t dim, Bf16* to) {
  for (int64_t r = 0; r < count; ++r) std::copy_n(from.data + r * from.stride, dim, to + r * dim);
  std::fill(to + count * dim, to + kSide * dim, Bf16{0});
}

// x[rows, dim] as right factor that is summed over its rows: [dim panels, even_rows / 2, 64, 2].
void pair_block(const Rows& x, int64_t rows, int64_t dim, Bf16* to, int64_t even_rows) {
  for (int64_t d = 0; d < dim; d += kPanelColumns) {
    kernels::paired_rows(x.data + d, x.stride, rows, std::min(kPanelColumns, dim - d),
                         to + d * even_rows, even_rows);
  }
}

// What a task's products need of the keys or values, besides themselves.
struct Factors {
  int64_t blocks;
  std::unique_ptr<Bf16[]> across;  // [blocks, dim / 2, 64, 2]: summed over dim
  std::unique_ptr<Bf16[]> along;   // [dim panels, blocks 64 / 2, 64, 2]: summed over tokens
};

void lay_across(const Rows& x, int64_t length, int64_t dim, Factors& factors) {
  factors.across = room_for<Bf16>(factors.blocks * dim * kSide);
  const auto turned = room_for<Bf16>(dim * kSide);
  for (int64_t block = 0; block < factors.blocks; ++block) {
    const int64_t rows = std::min(kSide, length - block * kSide);
    kernels::transpose(x.from(block * kSide).data, x.stride, rows, dim, turned.get(), kSide);
    kernels::paired_rows(turned.get(), kSide, dim, kSide,
                         factors.across.get() + block * dim * kSide, dim);
  }
}

void lay_along(const Rows& x, int64_t length, int64_t dim, Factors& factors) {
  const int64_t even_rows = factors.blocks * kSide;
  factors.along =
      room_for<Bf16>((dim + kPanelColumns - 1) / kPanelColumns * kPanelColumns * even_rows);
  pair_block(x, length, dim, factors.along.get(), even_rows);
}

// squares[block] = x across^T for the first `blocks` blocks of keys. x: [64, dim].
void multiply_across(const Bf16* x, int64_t dim, const Factors& factors, int64_t blocks,
                     float* squares) {
  for (int64_t block = 0; block < blocks; ++block) {
    multiply_panel(x, dim, factors.across.get() + block * dim * kSide, squares + block * kSquare,
                   kSide, kSide, kSide, dim, false);
  }
}

// y[64, dim] = sum over blocks of squares[block] along[block].
void multiply_along(const Bf16* squares, int64_t dim, const Factors& factors, int64_t blocks,
                    float* y) {
  for (int64_t block = 0; block < blocks; ++block) {
    for (int64_t d = 0; d < dim; d += kPanelColumns) {
      multiply_panel(
          squares + block * kSquare, kSide,
          factors.along.get() + d * factors.blocks * kSide + block * kSide * kPanelColumns, y + d,
          dim, kSide, std::min(kPanelColumns, dim - d), kSide, block > 0);
    }
  }
}

// sums[block] += squares[block]^T x. x: pair_block() of 64 rows; sums: [blocks 64, dim].
void add_transposed(const Bf16* squares, const Bf16* x, int64_t dim, int64_t blocks, Bf16* turned,
                    float* sums) {
  for (int64_t block = 0; block < blocks; ++block) {
    kernels::transpose(squares + block * kSquare, kSide, kSide, kSide, turned, kSide);
    for (int64_t d = 0; d < dim; d += kPanelColumns) {
      multiply_panel(turned, kSide, x + d * kSide, sums + block * kSide * dim + d, dim, kSide,
                     std::min(kPanelColumns, dim - d), kSide, true);
    }
  }
}

void store_rows(const float* x, int64_t count, int64_t dim, const Rows& to) {
  for (int64_t r = 0; r < count; ++r) kernels::to_bf16(x + r * dim, to.data + r * to.stride, dim);
}

Rows keys_of(const SquareTask& t, const at::Tensor& turned) {
  return head_rows(turned, t.begin, (t.layout.query_heads + t.head) * t.layout.dim);
}

Rows values_of(const SquareTask& t, const at::Tensor& heads) {
  return head_rows(heads, t.begin,
                   (t.layout.query_heads + t.layout.kv_heads + t.head) * t.layout.dim);
}

// What the backward pass of a block of queries works in.
struct Room {
  Room(int64_t blocks, int64_t dim)
      : q(room_for<Bf16>(kSide * dim)),
        dy(room_for<Bf16>(kSide * dim)),
        paired_q(room_for<Bf16>(kSide * (dim + kPanelColumns))),
        paired_dy(room_for<Bf16>(kSide * (dim + kPanelColumns))),
        turned(room_for<Bf16>(kSquare)),
        scores(room_for<float>(blocks * kSquare)),
        dprobabilities(room_for<float>(blocks * kSquare)),
        probabilities(room_for<Bf16>(blocks * kSquare)),
        dscores(room_for<Bf16>(blocks * kSquare)),
        dq(room_for<float>(kSide * dim)),
        dk(room_for<float>(blocks * kSide * dim)),
        dv(room_for<float>(blocks * kSide * dim)) {
    std::fill_n(dk.get(), blocks * kSide * dim, 0.0f);
    std::fill_n(dv.get(), blocks * kSide * dim, 0.0f);
  }

  std::unique_ptr<Bf16[]> q, dy, paired_q, paired_dy, turned;
  std::unique_ptr<float[]> scores, dprobabilities;
  std::unique_ptr<Bf16[]> probabilities, dscores;
  std::unique_ptr<float[]> dq, dk, dv;
};

// A block of queries of one head.
struct Block {
  Rows q, y, dy, dq;
  const float* log_sums;
  int64_t count;   // queries, up to kSide
  int64_t blocks;  // of keys that they see
};

void backward_of_block(const Block& b, const HeadLayout& layout, const Factors& keys,
                       const Factors& values, Room& room) {
  const int64_t dim = layout.dim;
  float dots[kSide] = {}, log_sums[kSide] = {};
  for (int64_t r = 0; r < b.count; ++r) {
    dots[r] = kernels::dot(b.dy.from(r).data, b.y.from(r).data, dim);
    log_sums[r] = b.log_sums[r];
  }
  copy_block(b.q, b.count, dim, room.q.get());
  copy_block(b.dy, b.count, dim, room.dy.get());
  pair_block({room.q.get(), dim}, kSide, dim, room.paired_q.get(), kSide);
  pair_block({room.dy.get(), dim}, kSide, dim, room.paired_dy.get(), kSide);
  multiply_across(room.q.get(), dim, keys, b.blocks, room.scores.get());
  multiply_across(room.dy.get(), dim, values, b.blocks, room.dprobabilities.get());
  kernels::softmax_squares_backward(room.scores.get(), room.dprobabilities.get(), log_sums, dots,
                                    b.blocks, static_cast<float>(layout.scale),
                                    room.probabilities.get(), room.dscores.get());
  add_transposed(room.probabilities.get(), room.paired_dy.get(), dim, b.blocks, room.turned.get(),
                 room.dv.get());
  add_transposed(room.dscores.get(), room.paired_q.get(), dim, b.blocks, room.turned.get(),
                 room.dk.get());
  multiply_along(room.dscores.get(), dim, keys, b.blocks, room.dq.get());
  store_rows(room.dq.get(), b.count, dim, b.dq);
}

// Calls body(head, first query, count) for each block of queries that reads the task's key head.
template <class Body>
void for_query_blocks(const SquareTask& t, const Body& body) {
  const int64_t group = t.layout.query_heads / t.layout.kv_heads;
  for (int64_t head = t.head * group; head < (t.head + 1) * group; ++head) {
    for (int64_t first = 0; first < t.length; first += kSide) {
      body(head, first, std::min(kSide, t.length - first));
    }
  }
}

}  // namespace

void attend_squares(const SquareTask& t) {
  const int64_t dim = t.layout.dim, blocks = (t.length + kSide - 1) / kSide;
  Factors keys{blocks, nullptr, nullptr}, values{blocks, nullptr, nullptr};
  lay_across(keys_of(t, t.turned), t.length, dim, keys);
  lay_along(values_of(t, t.heads), t.length, dim, values);
  const auto q = room_for<Bf16>(kSide * dim), probabilities = room_for<Bf16>(blocks * kSquare);
  const auto scores = room_for<float>(blocks * kSquare), y = room_for<float>(kSide * dim);
  for_query_blocks(t, [&](int64_t head, int64_t first, int64_t count) {
    const int64_t token = t.begin + first, seen = first / kSide + 1;
    float log_sums[kSide];
    copy_block(head_rows(t.turned, token, head * dim), count, dim, q.get());
    multiply_across(q.get(), dim, keys, seen, scores.get());
    kernels::softmax_squares(scores.get(), seen, static_cast<float>(t.layout.scale),
                             probabilities.get(), log_sums);
    multiply_along(probabilities.get(), dim, values, seen, y.get());
    store_rows(y.get(), count, dim, head_rows(t.y, token, head * dim));
    std::copy_n(log_sums, count, elements<float>(t.log_sums) + head * t.log_sums.stride(0) + token);
  });
}

void attend_squares_backward(const SquareTask& t, const at::Tensor& dy, const at::Tensor& dturned,
                             const at::Tensor& dheads) {
  const int64_t dim = t.layout.dim, blocks = (t.length + kSide - 1) / kSide;
  Factors keys{blocks, nullptr, nullptr}, values{blocks, nullptr, nullptr};
  lay_across(keys_of(t, t.turned), t.length, dim, keys);
  lay_along(keys_of(t, t.turned), t.length, dim, keys);
  lay_across(values_of(t, t.heads), t.length, dim, values);
  Room room(blocks, dim);
  for_query_blocks(t, [&](int64_t head, int64_t first, int64_t count) {
    const int64_t token = t.begin + first;
    const Block block{head_rows(t.turned, token, head * dim),
                      head_rows(t.y, token, head * dim),
                      head_rows(dy, token, head * dim),
                      head_rows(dturned, token, head * dim),
                      elements<float>(t.log_sums) + head * t.log_sums.stride(0) + token,
                      count,
                      first / kSide + 1};
    backward_of_block(block, t.layout, keys, values, room);
  });
  store_rows(room.dk.get(), t.length, dim, keys_of(t, dturned));
  store_rows(room.dv.get(), t.length, dim, values_of(t, dheads));
}

}  // namespace lingua

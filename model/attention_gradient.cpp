#include "model/attention_gradient.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "model/gradient_kernels.h"
#include "model/parallel_parts.h"
#include "model/softmax_gradient.h"
#include "model/tensor_data.h"
#include "model/tile_product.h"

namespace lingua {
namespace {

using kernels::Bf16;
using tiles::padded;

constexpr int64_t kRows = kernels::kGradientQueries, kKeys = kernels::kGradientKeys;

// One key head of one sequence, with the query heads that share it.
struct Task {
  int64_t begin, length, head;
};

// Memory of a thread, from a cache line on.
template <class T>
class Buffer {
 public:
  explicit Buffer(int64_t count)
      : memory_(at::zeros({count}, std::is_same_v<T, float> ? at::kFloat : at::kBFloat16)),
        first_(elements<T>(memory_)) {}
  operator T*() const { return first_; }

 private:
  at::Tensor memory_;
  T* first_;
};

// What a thread works in; S: the tokens of the longest sequence, padded.
struct Scratch {
  Scratch(int64_t keys, int64_t dim)
      : keys(keys * dim),
        values(keys * dim),
        turned_keys(keys * dim),
        dkeys(keys * dim),
        dvalues(keys * dim),
        rows(kRows * dim),
        across{Buffer<Bf16>(kRows * dim), Buffer<Bf16>(kRows * dim)},
        along{Buffer<Bf16>(kRows * dim), Buffer<Bf16>(kRows * dim)},
        scores(kKeys * kRows),
        dweights(kKeys * kRows),
        weights(kKeys * kRows),
        dscores(kKeys * kRows),
        pairs(keys * kRows),
        dq(kRows * dim) {}

  Buffer<Bf16> keys, values;     // [S, D]
  Buffer<Bf16> turned_keys;      // [D, S]
  Buffer<float> dkeys, dvalues;  // [S, D]
  // Of the queries of a block, and of dy at them.
  Buffer<Bf16> rows;                 // [64, D]
  Buffer<Bf16> across[2], along[2];  // right factors [D, 64], [64, D]
  float log_sums[kRows] = {}, dots[kRows] = {};
  Buffer<float> scores, dweights;  // [32, 64]: by key, as all products that follow want them
  Buffer<Bf16> weights, dscores;   // [32, 64]
  Buffer<Bf16> pairs;              // right factor [S, 64]
  Buffer<float> dq;                // [D, 64]
};

class Gradient {
 public:
  Gradient(const AttentionPass& pass, const at::Tensor& dy)
      : pass_(pass), dy_(dy), result_(at::empty_like(pass.heads)) {}

  at::Tensor run() {
    const int64_t longest = *std::max_element(pass_.lengths.begin(), pass_.lengths.end());
    const auto tasks = dearest_first();
    for_parts(
        tasks.size(), [&] { return Scratch(padded(longest, kKeys), dim_); },
        [&](std::size_t i, Scratch& scratch) { differentiate(tasks[i], scratch); });
    return result_;
  }

 private:
  std::vector<Task> dearest_first() const {
    std::vector<Task> tasks;
    int64_t begin = 0;
    for (const int64_t length : pass_.lengths) {
      for (int64_t head = 0; head < pass_.layout.kv_heads; ++head) {
        tasks.push_back({begin, length, head});
      }
      begin += length;
    }
    std::stable_sort(tasks.begin(), tasks.end(),
                     [](const Task& a, const Task& b) { return a.length > b.length; });
    return tasks;
  }

  void differentiate(const Task& task, Scratch& scratch) const {
    const tiles::Ready ready;
    load_keys(task, scratch);
    for (int64_t row = 0; row < task.length * group_; row += kRows) {
      const int64_t count = std::min(kRows, task.length * group_ - row);
      load_queries(task, row, count, scratch);
      differentiate_block(task, row, count, scratch);
    }
    for (int64_t i = 0; i < task.length; ++i) {
      const int64_t token = task.begin + i, key = pass_.layout.query_heads + task.head;
      kernels::to_bf16(scratch.dkeys + i * dim_, scratch.rows, dim_);
      store_turned_back(scratch.rows, token, key, 1);
      kernels::to_bf16(scratch.dvalues + i * dim_, at(token, key + pass_.layout.kv_heads), dim_);
    }
  }

  // Keys and values, filled up with 0 to whole tiles; no gradients yet.
  void load_keys(const Task& task, Scratch& scratch) const {
    const int64_t keys = padded(task.length, kKeys);
    const int64_t key = pass_.layout.query_heads + task.head;
    for (int64_t i = 0; i < task.length; ++i) {
      std::copy_n(head(pass_.turned, task.begin + i, key), dim_, scratch.keys + i * dim_);
      std::copy_n(head(pass_.heads, task.begin + i, key + pass_.layout.kv_heads), dim_,
                  scratch.values + i * dim_);
    }
    std::fill(scratch.keys + task.length * dim_, scratch.keys + keys * dim_, Bf16{});
    std::fill(scratch.values + task.length * dim_, scratch.values + keys * dim_, Bf16{});
    kernels::transpose(scratch.keys, dim_, keys, dim_, scratch.turned_keys, keys);
    std::fill_n(scratch.dkeys + 0, keys * dim_, 0.0f);
    std::fill_n(scratch.dvalues + 0, keys * dim_, 0.0f);
  }

  // Row r of a task is query head r % group of token r / group: those that share a key head are
  // one longer sequence of queries, whose gradients by keys and values add up in the products.
  void load_queries(const Task& task, int64_t first, int64_t count, Scratch& scratch) const {
    const int64_t rows = padded(count, tiles::kColumns);
    for (const bool upstream : {false, true}) {
      for (int64_t r = 0, heads; r < count; r += heads) {
        const int64_t token = task.begin + (first + r) / group_;
        const int64_t query = task.head * group_ + (first + r) % group_;
        heads = heads_of_token(first + r, count - r);
        const Bf16* from = upstream ? elements<Bf16>(dy_) + (token * query_heads() + query) * dim_
                                    : head(pass_.turned, token, query);
        std::copy_n(from, heads * dim_, scratch.rows + r * dim_);
        for (int64_t h = 0; upstream && h < heads; ++h) {
          const int64_t at = token * query_heads() + query + h;
          scratch.log_sums[r + h] = elements<float>(pass_.log_sums)[at];
          scratch.dots[r + h] =
              kernels::dot(from + h * dim_, elements<Bf16>(pass_.y) + at * dim_, dim_);
        }
      }
      std::fill(scratch.rows + count * dim_, scratch.rows + rows * dim_, Bf16{});
      tiles::pack_transposed<Bf16>(scratch.rows, dim_, rows, dim_, scratch.across[upstream]);
      tiles::pack<Bf16>(scratch.rows, dim_, rows, dim_, scratch.along[upstream]);
    }
  }

  // Scores are computed by key and not by query: then weights and dscores are the left factors of
  // what follows as they are.
  void differentiate_block(const Task& task, int64_t first, int64_t count, Scratch& scratch) const {
    const int64_t rows = padded(count, tiles::kColumns);
    const int64_t seen = padded((first + count - 1) / group_ + 1, kKeys);
    const auto scale = static_cast<float>(pass_.layout.scale);
    const auto right = [](const Bf16* packed, int64_t depth) {
      return tiles::Packed<Bf16>{packed, depth * tiles::kPanel};
    };
    for (int64_t key = 0; key < seen; key += kKeys) {
      const tiles::Shape by_key{kKeys, rows, dim_}, by_dim{kKeys, dim_, rows};
      product_({scratch.keys + key * dim_, dim_}, right(scratch.across[0], dim_),
               {scratch.scores, kRows}, by_key, false);
      product_({scratch.values + key * dim_, dim_}, right(scratch.across[1], dim_),
               {scratch.dweights, kRows}, by_key, false);
      softmax_gradient_(
          {scratch.scores, scratch.dweights, scratch.weights, scratch.dscores,
           scratch.pairs + key * tiles::kPanel, seen * tiles::kPanel},
          {scratch.log_sums, scratch.dots, count, key * group_ - first, group_, scale});
      product_({scratch.weights, kRows}, right(scratch.along[1], rows),
               {scratch.dvalues + key * dim_, dim_}, by_dim, true);
      product_({scratch.dscores, kRows}, right(scratch.along[0], rows),
               {scratch.dkeys + key * dim_, dim_}, by_dim, true);
    }
    product_({scratch.turned_keys, padded(task.length, kKeys)}, right(scratch.pairs, seen),
             {scratch.dq, kRows}, {dim_, rows, seen}, false);
    store_queries(task, first, count, scratch);
  }

  void store_queries(const Task& task, int64_t first, int64_t count, Scratch& scratch) const {
    kernels::to_bf16(scratch.dq, scratch.across[0], dim_ * kRows);
    kernels::transpose(scratch.across[0], kRows, dim_, kRows, scratch.rows, dim_);  // [64, D]
    for (int64_t r = 0, heads; r < count; r += heads) {
      heads = heads_of_token(first + r, count - r);
      store_turned_back(scratch.rows + r * dim_, task.begin + (first + r) / group_,
                        task.head * group_ + (first + r) % group_, heads);
    }
  }

  // How many of the next `left` rows are heads of one token.
  int64_t heads_of_token(int64_t row, int64_t left) const {
    return std::min(group_ - row % group_, left);
  }

  // Neighbouring heads of a token, [heads, D], as they were before they were rotated.
  void store_turned_back(const Bf16* from, int64_t token, int64_t head, int64_t heads) const {
    if (!pass_.table.cosine.defined()) {
      std::copy_n(from, heads * dim_, at(token, head));
      return;
    }
    const int64_t half = dim_ / 2;
    kernels::rotate(from, 0, pass_.table.cosine.const_data_ptr<float>() + token * half,
                    pass_.table.sine.const_data_ptr<float>() + token * half, at(token, head), 1,
                    heads, dim_, -1.0f);
  }

  const Bf16* head(const at::Tensor& all, int64_t token, int64_t index) const {
    return elements<Bf16>(all) + token * all.stride(0) + index * dim_;
  }
  Bf16* at(int64_t token, int64_t head) const {
    return elements<Bf16>(result_) + token * result_.stride(0) + head * dim_;
  }
  int64_t query_heads() const { return pass_.layout.query_heads; }

  const AttentionPass& pass_;
  const at::Tensor dy_;      // [T, Hq D]
  const at::Tensor result_;  // [T, Hq + 2 Hkv, D]
  const int64_t dim_ = pass_.layout.dim;
  const int64_t group_ = pass_.layout.query_heads / pass_.layout.kv_heads;
  const tiles::Product<Bf16> product_ = tiles::product<Bf16>();
  const kernels::SoftmaxGradient softmax_gradient_ = kernels::softmax_gradient();
};

}  // namespace

at::Tensor attention_gradient(const AttentionPass& pass, const at::Tensor& dy) {
  return Gradient(pass, dy).run();
}

}  // namespace lingua

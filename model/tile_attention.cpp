#include "model/tile_attention.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "model/online_softmax.h"
#include "model/parallel_parts.h"
#include "model/tensor_data.h"
#include "model/tile_product.h"

namespace lingua {
namespace {

using kernels::SoftmaxState;
using tiles::padded;

constexpr int64_t kBlockRows = 64;   // query heads of a block
constexpr int64_t kBlockKeys = 256;  // [64, 256] scores are 64 KB and stay in the second cache
constexpr float kUnseen = -1e30f;    // a score that weighs 0

// Keys and values of neighbouring tokens, [Hkv, count, D] with these strides.
struct Source {
  at::Tensor keys;
  at::Tensor values;
  int64_t first = 0;   // position of its first token
  int64_t packed = 0;  // elements before its packed form; keys and values of a head lie together

  int64_t count() const { return keys.size(1); }
};

// Rows of one sequence and one key-value head. Row r is query head r % group of token r / group.
struct Block {
  std::size_t sequence = 0;
  int64_t kv_head = 0;
  int64_t first_row = 0;
  int64_t rows = 0;
  int64_t keys = 0;  // at most so many are seen
};

struct Run {
  int64_t begin = 0;                 // of the pass's tokens
  int64_t before = 0;                // tokens before
  std::vector<std::size_t> sources;  // whose keys it sees, in order
};

// One pass through the attention of a layer.
template <class T>
class Attention {
 public:
  Attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
            std::span<const Sequence> sequences, const AttentionView& view,
            const at::Tensor& log_sums)
      : q_(q),
        view_(view),
        kv_heads_(k.size(1)),
        group_(q.size(1) / k.size(1)),
        dim_(q.size(2)),
        depth_(padded(dim_, tiles::kDepth)),
        output_(at::empty({q.size(0), q.size(1) * dim_}, q.options())),
        log_sums_(log_sums) {
    find_sources(k.transpose(0, 1), v.transpose(0, 1), sequences);
    find_blocks(sequences);
  }

  at::Tensor run() {
    pack_sources();
    // The dearest first, each taken by the next thread that is free.
    std::stable_sort(blocks_.begin(), blocks_.end(),
                     [](const Block& a, const Block& b) { return a.keys > b.keys; });
    for_parts(
        blocks_.size(), [&] { return Scratch(depth_, q_.options()); },
        [&](std::size_t i, Scratch& scratch) { attend(blocks_[i], scratch); });
    return output_;
  }

 private:
  // What a thread needs for one block. Tensors, as their memory begins at a cache line.
  struct Scratch {
    Scratch(int64_t depth, const at::TensorOptions& options)
        : memory{at::empty({kBlockRows, depth}, options),
                 at::empty({kBlockRows, kBlockKeys}, options),
                 at::empty({kBlockRows, kBlockKeys}, options.dtype(at::kFloat)),
                 at::empty({kBlockRows, depth}, options.dtype(at::kFloat))},
          query(elements<T>(memory[0])),
          weights(elements<T>(memory[1])),
          scores(elements<float>(memory[2])),
          output(elements<float>(memory[3])) {}
    at::Tensor memory[4];
    T* query;       // [64, D padded]
    T* weights;     // [64, 256]
    float* scores;  // [64, 256]
    float* output;  // [64, D padded]
    SoftmaxState states[kBlockRows];
  };

  void find_sources(const at::Tensor& k, const at::Tensor& v, std::span<const Sequence> sequences) {
    const KvCache* shared = nullptr;  // the prefix of the sequences before this one
    std::size_t shared_source = 0;
    int64_t begin = 0;
    for (const Sequence& sequence : sequences) {
      const int64_t before = sequence.before(), count = sequence.length;
      Run run{begin, before, {}};
      if (sequence.cache != nullptr) {
        run.sources.push_back(add_source(sequence.cache->keys(view_.layer, before + count),
                                         sequence.cache->values(view_.layer, before + count), 0));
      } else {
        if (before > 0) {
          if (sequence.prefix != shared) {
            shared = sequence.prefix;
            shared_source = add_source(shared->keys(view_.layer, before),
                                       shared->values(view_.layer, before), 0);
          }
          run.sources.push_back(shared_source);
        }
        run.sources.push_back(
            add_source(k.narrow(1, begin, count), v.narrow(1, begin, count), before));
      }
      runs_.push_back(std::move(run));
      begin += count;
    }
  }

  std::size_t add_source(const at::Tensor& keys, const at::Tensor& values, int64_t first) {
    sources_.push_back({keys, values, first, packed_total_});
    packed_total_ += kv_heads_ * 2 * tiles::packed_size(keys.size(1), depth_);
    return sources_.size() - 1;
  }

  void find_blocks(std::span<const Sequence> sequences) {
    for (std::size_t s = 0; s < sequences.size(); ++s) {
      const int64_t rows = sequences[s].length * group_;
      for (int64_t head = 0; head < kv_heads_; ++head) {
        for (int64_t row = 0; row < rows; row += kBlockRows) {
          const int64_t count = std::min(kBlockRows, rows - row);
          const int64_t keys = runs_[s].before + (row + count - 1) / group_ + 1;
          blocks_.push_back({s, head, row, count, keys});
        }
      }
    }
  }

  int64_t packed_head(const Source& source) const {
    return 2 * tiles::packed_size(source.count(), depth_);
  }

  void pack_sources() {
    packed_ = at::empty({packed_total_}, q_.options());
    const auto count = static_cast<int64_t>(sources_.size());
    at::parallel_for(0, count * kv_heads_, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const Source& source = sources_[static_cast<std::size_t>(i / kv_heads_)];
        const int64_t head = i % kv_heads_;
        T* to = elements<T>(packed_) + source.packed + head * packed_head(source);
        tiles::pack_transposed(elements<T>(source.keys) + head * source.keys.stride(0),
                               source.keys.stride(1), source.count(), dim_, to);
        tiles::pack(elements<T>(source.values) + head * source.values.stride(0),
                    source.values.stride(1), source.count(), dim_, to + packed_head(source) / 2);
      }
    });
  }

  void attend(const Block& block, Scratch& scratch) const {
    const tiles::Ready ready;
    load_queries(block, scratch);
    for (const std::size_t source : runs_[block.sequence].sources) {
      attend_to(block, sources_[source], scratch);
    }
    const Run& run = runs_[block.sequence];
    for (int64_t r = 0; r < block.rows; ++r) {
      const int64_t row = block.first_row + r;
      const int64_t token = run.begin + row / group_;
      const int64_t head = block.kv_head * group_ + row % group_;
      T* to = elements<T>(output_) + token * output_.stride(0) + head * dim_;
      kernels::divide(scratch.output + r * depth_, scratch.states[r].sum, to, dim_);
      if (log_sums_.defined()) {
        elements<float>(log_sums_)[token * q_.size(1) + head] =
            kernels::log_sum_exp(scratch.states[r]);
      }
    }
  }

  void load_queries(const Block& block, Scratch& scratch) const {
    std::fill_n(scratch.query, kBlockRows * depth_, T{});
    std::fill_n(scratch.weights, kBlockRows * kBlockKeys, T{});
    std::fill_n(scratch.output, kBlockRows * depth_, 0.0f);
    std::fill_n(scratch.states, block.rows, kernels::empty_softmax());
    for (int64_t r = 0; r < block.rows; ++r) {
      const int64_t row = block.first_row + r;
      const T* from = elements<T>(q_) +
                      (runs_[block.sequence].begin + row / group_) * q_.stride(0) +
                      (block.kv_head * group_ + row % group_) * q_.stride(1);
      std::copy_n(from, dim_, scratch.query + r * depth_);
    }
  }

  void attend_to(const Block& block, const Source& source, Scratch& scratch) const {
    const int64_t before = runs_[block.sequence].before;
    const int64_t first_token = before + block.first_row / group_;  // positions of its rows
    const int64_t last_token = before + (block.first_row + block.rows - 1) / group_;
    const T* packed = elements<T>(packed_) + source.packed + block.kv_head * packed_head(source);
    const tiles::Packed<T> keys{packed, depth_ * tiles::kPanel};
    const tiles::Packed<T> values{packed + packed_head(source) / 2,
                                  padded(source.count(), tiles::kDepth) * tiles::kPanel};
    for (int64_t begin = 0; begin < source.count(); begin += kBlockKeys) {
      const int64_t position = source.first + begin;
      const int64_t seen =
          std::min({kBlockKeys, source.count() - begin, last_token + 1 - position});
      if (seen <= 0) break;
      const auto [recent, front] = view_.window;
      const bool has_front = position < front;
      if (recent > 0 && !has_front && position + seen <= first_token + 1 - recent) continue;
      const int64_t m = padded(block.rows, tiles::kRows), n = padded(seen, tiles::kColumns);
      product_({scratch.query, depth_}, keys.from(0, begin), {scratch.scores, kBlockKeys},
               {m, n, depth_}, false);
      for (int64_t r = 0; r < block.rows; ++r) {
        const int64_t token = before + (block.first_row + r) / group_;
        const int64_t end = std::clamp<int64_t>(token + 1 - position, 0, seen);
        int64_t from = recent > 0 ? std::clamp<int64_t>(token + 1 - recent - position, 0, end) : 0;
        float* scores = scratch.scores + r * kBlockKeys;
        if (has_front && from > 0) {
          std::fill(scores + std::min(front - position, from), scores + from, kUnseen);
          from = 0;
        }
        kernels::softmax_step(scores, scratch.weights + r * kBlockKeys, n, {from, end},
                              static_cast<float>(view_.scale), scratch.states[r],
                              scratch.output + r * depth_, depth_);
      }
      product_({scratch.weights, kBlockKeys}, values.from(begin, 0), {scratch.output, depth_},
               {m, depth_, n}, true);
    }
  }

  const at::Tensor q_;
  const AttentionView view_;
  const int64_t kv_heads_;
  const int64_t group_;  // query heads that share a key-value head
  const int64_t dim_;
  const int64_t depth_;  // of a head, padded
  const tiles::Product<T> product_ = tiles::product<T>();
  std::vector<Source> sources_;
  std::vector<Run> runs_;  // a sequence each
  std::vector<Block> blocks_;
  int64_t packed_total_ = 0;
  at::Tensor packed_;
  const at::Tensor output_;    // [T, Hq D]
  const at::Tensor log_sums_;  // [T, Hq], or undefined
};

}  // namespace

bool has_tile_attention(const at::Tensor& x) {
  if (!c10::InferenceMode::is_enabled() || !x.is_cpu()) return false;
  bool available = false;
  dispatch_float(x.scalar_type(), [&]<class T>(T) { available = tiles::product<T>() != nullptr; });
  return available;
}

at::Tensor tile_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                          std::span<const Sequence> sequences, const AttentionView& view,
                          const at::Tensor& log_sums) {
  at::Tensor output;
  dispatch_float(q.scalar_type(), [&]<class T>(T) {
    output = Attention<T>(q, k, v, sequences, view, log_sums).run();
  });
  return output;
}

}  // namespace lingua

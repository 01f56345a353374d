#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "model/online_softmax.h"
#include "model/tensor_data.h"
#include "model/tile_linear.h"
#include "model/tile_product.h"

namespace lingua {
namespace {

using kernels::SoftmaxState;
using tiles::padded;

constexpr int64_t kBlockRows = 64;
constexpr int64_t kBlockWords = 256;
constexpr int64_t kPassRows = 1024;  // their hidden states stay in the second cache
// The vocabulary's parts, each the work of one thread. A fixed number: sums do not depend on the
// threads.
constexpr int64_t kParts = 16;

template <class T>
class Losses {
 public:
  Losses(const at::Tensor& hidden, const at::Tensor& tiles, int64_t vocab,
         const at::Tensor& targets)
      : count_(hidden.size(0)),
        in_(hidden.size(1)),
        vocab_(vocab),
        hidden_(at::zeros({padded(count_, tiles::kRows), in_}, hidden.options())),
        targets_(targets.const_data_ptr<int64_t>()),
        head_{elements<T>(tiles), in_ * tiles::kPanel},
        states_(static_cast<std::size_t>(kParts * count_), kernels::empty_softmax()),
        target_logits_(static_cast<std::size_t>(count_)) {
    hidden_.narrow(0, 0, count_).copy_(hidden);
  }

  at::Tensor run() {
    const int64_t blocks = (vocab_ + kBlockWords - 1) / kBlockWords;
    at::parallel_for(0, kParts, 1, [&](int64_t first, int64_t last) {
      const auto scores = at::empty({kBlockRows, kBlockWords}, at::kFloat);
      for (int64_t part = first; part < last; ++part) {
        for (int64_t b = part * blocks / kParts; b < (part + 1) * blocks / kParts; ++b) {
          for (int64_t row = 0; row < count_; row += kBlockRows) {
            add_block(part, row, b * kBlockWords, elements<float>(scores));
          }
        }
      }
    });
    return joined_losses();
  }

 private:
  void add_block(int64_t part, int64_t row, int64_t word, float* scores) {
    const int64_t rows = std::min(kBlockRows, count_ - row);
    const int64_t words = std::min(kBlockWords, vocab_ - word);
    product_({elements<T>(hidden_) + row * in_, in_}, head_.from(0, word), {scores, kBlockWords},
             {padded(rows, tiles::kRows), padded(words, tiles::kColumns), in_}, false);
    for (int64_t r = 0; r < rows; ++r) {
      const auto at = static_cast<std::size_t>(row + r);
      const int64_t target = targets_[at] - word;
      if (target >= 0 && target < words) target_logits_[at] = scores[r * kBlockWords + target];
      kernels::add_scores(scores + r * kBlockWords, words,
                          states_[static_cast<std::size_t>(part * count_) + at]);
    }
  }

  at::Tensor joined_losses() const {
    const auto losses = at::empty({count_}, at::kFloat);
    for (int64_t i = 0; i < count_; ++i) {
      SoftmaxState state = states_[static_cast<std::size_t>(i)];
      for (int64_t part = 1; part < kParts; ++part) {
        const SoftmaxState& next = states_[static_cast<std::size_t>(part * count_ + i)];
        if (next.sum > 0) state = state.sum > 0 ? kernels::joined(state, next) : next;
      }
      elements<float>(losses)[i] =
          kernels::log_sum_exp(state) - target_logits_[static_cast<std::size_t>(i)];
    }
    return losses;
  }

  const int64_t count_, in_, vocab_;
  const at::Tensor hidden_;  // [N, H], N padded
  const int64_t* targets_;
  const tiles::Packed<T> head_;
  std::vector<SoftmaxState> states_;  // [parts, N]
  std::vector<float> target_logits_;  // [N]
  const tiles::Product<T> product_ = tiles::product<T>();
};

}  // namespace

at::Tensor tile_losses(const at::Tensor& hidden, const at::Tensor& tiles, int64_t vocab,
                       const at::Tensor& targets) {
  const int64_t count = hidden.size(0);
  auto losses = at::empty({count}, at::kFloat);
  for (int64_t begin = 0; begin < count; begin += kPassRows) {
    const int64_t rows = std::min(kPassRows, count - begin);
    const auto part = hidden.narrow(0, begin, rows);
    const auto wanted = targets.narrow(0, begin, rows);
    dispatch_float(hidden.scalar_type(), [&]<class T>(T) {
      losses.narrow(0, begin, rows).copy_(Losses<T>(part, tiles, vocab, wanted).run());
    });
  }
  return losses;
}

}  // namespace lingua

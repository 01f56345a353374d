#pragma once

#include <algorithm>
#include <cstdint>

namespace lingua {

// Asks memory for rows of any kind, some lines of the cache at a time, while something else goes on
// that does not wait for it. Row by row is the order in which memory gives most; products and
// squares touch 16 or 32 rows at once, and the processor expects no more than a row by itself.
class LinesAhead {
 public:
  // stride, width: bytes from a row to the next and of each; times: how often ask() is called, at
  // least 1.
  LinesAhead(const void* first, int64_t stride, int64_t rows, int64_t width, int64_t times)
      : next_(static_cast<const char*>(first)),
        in_row_((width + kLine - 1) / kLine),
        skip_(stride - in_row_ * kLine),
        left_(std::max<int64_t>(rows, 0) * in_row_),
        each_((left_ + times - 1) / times) {}

  [[gnu::always_inline]] void ask() {
    for (int64_t i = std::min(each_, left_); i > 0; --i) {
      __builtin_prefetch(next_, 0, 2);
      next_ += kLine;
      --left_;
      if (++at_ == in_row_) {
        at_ = 0;
        next_ += skip_;
      }
    }
  }

 private:
  static constexpr int64_t kLine = 64;
  const char* next_;
  int64_t in_row_, skip_, left_, each_, at_ = 0;
};

}  // namespace lingua

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "model/lines_ahead.h"
#include "model/tile_product.h"
#include "model/word_square.h"

namespace lingua::tiles {
namespace {

using kernels::Bf16;

// Rows that lie together in a panel.
template <class T>
constexpr int64_t kTogether = std::is_same_v<T, kernels::Bf16> ? 2 : 1;

// Rows of one panel of the packed form of [k, n], of element(row, column).
template <class T, class Element>
void pack_panel(int64_t first_row, int64_t depth, int64_t first_column, T* packed,
                Element element) {
  constexpr int64_t together = kTogether<T>;
  for (int64_t row = first_row; row < depth; row += together) {
    for (int64_t column = first_column; column < first_column + kPanel; ++column) {
      for (int64_t i = row; i < row + together; ++i) *packed++ = element(i, column);
    }
  }
}

// Whole pairs of panels of a factor of bfloat16, of an even number of rows: some rows of all, then
// the next.
LINGUA_CLONES void pack_rows(const Bf16* b, int64_t stride, int64_t rows, int64_t columns,
                             int64_t panel_size, Bf16* packed) {
  constexpr int64_t kBytes = sizeof(Bf16);
  if (columns == 0) return;
  for (int64_t first = 0; first < rows; first += kDepth) {
    const int64_t count = std::min(kDepth, rows - first);
    LinesAhead ahead(b + (first + kDepth) * stride, stride * kBytes, kDepth, columns * kBytes,
                     columns / kColumns);
    for (int64_t column = 0; column < columns; column += kColumns) {
      ahead.ask();
      const Bf16* from = b + first * stride + column;
      Bf16* to = packed + column / kPanel * panel_size + first * kPanel;
      for (int64_t row = 0; row < count; row += 2, from += 2 * stride, to += 2 * kPanel) {
        uint32_t words[kColumns];
#pragma omp simd
        for (int64_t i = 0; i < kColumns; ++i) words[i] = kernels::pair(from[i], from[stride + i]);
        std::memcpy(to, words, kPanel * sizeof(uint32_t));
        std::memcpy(to + panel_size, words + kPanel, kPanel * sizeof(uint32_t));
      }
    }
  }
}

// The same of float32, a panel at a time.
LINGUA_CLONES void pack_rows(const float* b, int64_t stride, int64_t rows, int64_t columns,
                             int64_t panel_size, float* packed) {
  for (int64_t column = 0; column < columns; column += kPanel, packed += panel_size) {
    for (int64_t row = 0; row < rows; ++row) {
      std::memcpy(packed + row * kPanel, b + row * stride + column, kPanel * sizeof(float));
    }
  }
}

// One panel of a whole factor of which b is the transpose: 16 rows of b, as many of their columns
// at a time as a row of words has.
template <class T>
LINGUA_INLINE void pack_panel_transposed(const T* b, int64_t stride, int64_t k, T* packed) {
  constexpr int64_t columns = sizeof(kernels::Words) / sizeof(T);
  for (int64_t row = 0; row < k; row += columns, packed += columns * kPanel) {
    kernels::Words words[kernels::kSide];
    for (int64_t r = 0; r < kPanel; ++r) {
      std::memcpy(&words[r], b + r * stride + row, sizeof words[r]);
    }
    kernels::transpose_words(words);
    std::memcpy(packed, words, sizeof words);
  }
}

LINGUA_CLONES void pack_whole_transposed(const Bf16* b, int64_t stride, int64_t k, Bf16* packed) {
  pack_panel_transposed(b, stride, k, packed);
}

LINGUA_CLONES void pack_whole_transposed(const float* b, int64_t stride, int64_t k, float* packed) {
  pack_panel_transposed(b, stride, k, packed);
}

// All panels, zero outside of [k, n]; rows before `first_row`, a multiple of 2, are there already.
template <class T, class Element>
void pack_elements(int64_t k, int64_t n, T* packed, Element element, int64_t first_row = 0) {
  const int64_t depth = padded(k, kDepth);
  for (int64_t column = 0; column < padded(n, kColumns); column += kPanel) {
    T* panel = packed + first_row * kPanel;
    if (depth == k && column + kPanel <= n) {
      pack_panel(first_row, depth, column, panel, element);
    } else {
      pack_panel(first_row, depth, column, panel, [&](int64_t row, int64_t at) {
        return row < k && at < n ? element(row, at) : T{};
      });
    }
    packed += depth * kPanel;
  }
}

}  // namespace

template <class T>
void pack(const T* b, int64_t stride, int64_t k, int64_t n, T* packed) {
  const auto element = [=](int64_t row, int64_t column) { return b[row * stride + column]; };
  const int64_t depth = padded(k, kDepth), whole = n / kColumns * kColumns;
  const int64_t rows = k / kTogether<T> * kTogether<T>;
  pack_rows(b, stride, rows, whole, depth * kPanel, packed);
  if (rows < depth) pack_elements(k, whole, packed, element, rows);
  pack_elements(k, n - whole, packed + depth * whole,
                [=](int64_t row, int64_t column) { return element(row, whole + column); });
}

template <class T>
void pack_transposed(const T* b, int64_t stride, int64_t n, int64_t k, T* packed) {
  for (; k % kDepth == 0 && n >= kColumns; n -= kColumns, b += kColumns * stride) {
    pack_whole_transposed(b, stride, k, packed);
    pack_whole_transposed(b + kPanel * stride, stride, k, packed + k * kPanel);
    packed += k * kColumns;
  }
  pack_elements(k, n, packed,
                [=](int64_t row, int64_t column) { return b[column * stride + row]; });
}

template void pack(const float*, int64_t, int64_t, int64_t, float*);
template void pack(const kernels::Bf16*, int64_t, int64_t, int64_t, kernels::Bf16*);
template void pack_transposed(const float*, int64_t, int64_t, int64_t, float*);
template void pack_transposed(const kernels::Bf16*, int64_t, int64_t, int64_t, kernels::Bf16*);

}  // namespace lingua::tiles

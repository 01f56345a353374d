#pragma once

#include <cstddef>
#include <cstdint>

#include "model/kernels.h"

// Dense products of small blocks that stay in cache, for attention and for losses, where libtorch's
// own would write the product to memory or takes longer to call than to compute. T is the type of
// both factors, float or Bf16; sums are float32.
namespace lingua::tiles {

// Factors are padded with zeros to multiples of these.
constexpr int64_t kRows = 16;     // of the left factor
constexpr int64_t kDepth = 32;    // columns of the left factor, rows of the right
constexpr int64_t kColumns = 32;  // of the right factor
constexpr int64_t kPanel = 16;    // columns of the right factor that lie together

constexpr int64_t padded(int64_t size, int64_t multiple) {
  return (size + multiple - 1) / multiple * multiple;
}

// A right factor b [k, n] as the products read it: panels of 16 columns, one after the other, each
// with its rows together. Bf16 rows lie in pairs, so that one 32-bit word holds both rows' element.
template <class T>
struct Packed {
  const T* first = nullptr;  // the first panel's first row
  int64_t panel_size = 0;    // elements from a panel to the next: 16 times all rows of b

  // The factor without its rows before `row` and columns before `column`; multiples of 2 and 16.
  Packed from(int64_t row, int64_t column) const {
    return {first + column / kPanel * panel_size + row * kPanel, panel_size};
  }
};

// Elements of the packed form of b [k, n].
constexpr int64_t packed_size(int64_t k, int64_t n) {
  return padded(k, kDepth) * padded(n, kColumns);
}

// Packs b [k, n], whose rows are `stride` elements apart, and the transpose of b [n, k].
template <class T>
void pack(const T* b, int64_t stride, int64_t k, int64_t n, T* packed);
template <class T>
void pack_transposed(const T* b, int64_t stride, int64_t n, int64_t k, T* packed);

// Left factor, and float32 result; rows are `stride` elements apart.
template <class T>
struct Rows {
  T* first = nullptr;
  int64_t stride = 0;
};

struct Shape {
  int64_t m = 0;  // rows of a and c; a multiple of 16
  int64_t n = 0;  // columns of b and c; a multiple of 32
  int64_t k = 0;  // columns of a, rows of b; a multiple of 32
};

// c = a b, or c += a b where `add` is set.
template <class T>
using Product = void (*)(Rows<const T> a, Packed<T> b, Rows<float> c, const Shape& shape, bool add);

// The fastest product on this processor, null where there is no fast one: float32 needs AVX2,
// bfloat16 AVX512-BF16 or AMX.
template <class T>
Product<T> product();

// While it lives, the products of this thread find the processor's tiles set up. Each sets them up
// for itself else, which takes as long as a product of [32, 64] and [64, 32].
class Ready {
 public:
  Ready();
  ~Ready();
  Ready(const Ready&) = delete;
  Ready& operator=(const Ready&) = delete;

 private:
  alignas(64) std::byte tiles_[128];
};

}  // namespace lingua::tiles

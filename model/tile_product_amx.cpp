#include "model/tile_kernels.h"

#if LINGUA_TILES
#include <new>

#include "model/tile_amx.h"

namespace lingua::tiles {

void product_amx(Rows<const Bf16> a, Packed<Bf16> b, Rows<float> c, const Shape& shape, bool add) {
  const TileShapes shapes;
  for (int64_t row = 0; row < shape.m; row += 2 * kRows) {
    const Rows<const Bf16> left{a.first + row * a.stride, a.stride};
    for (int64_t column = 0; column < shape.n; column += kColumns) {
      const Rows<float> to{c.first + row * c.stride + column, c.stride};
      const Rows<const float> from{add ? to.first : nullptr, c.stride};
      const Factors factors[] = {{left, b.from(0, column), shape.k}};
      if (row + kRows < shape.m) {
        AmxUnits::add_block(factors, from, to, [] {});
      } else {
        AmxUnits::add_half_block(factors, from, to);
      }
    }
  }
}

static_assert(sizeof(TileShapes) <= sizeof(Ready));

void set_up_amx(std::byte* room) { new (room) TileShapes; }

void put_back_amx(std::byte* room) {
  std::launder(reinterpret_cast<TileShapes*>(room))->~TileShapes();
}

}  // namespace lingua::tiles
#endif

#include "model/tile_kernels.h"

#if LINGUA_TILES
#include "model/tile_avx512_bf16.h"

namespace lingua::tiles {

void product_avx512_bf16(Rows<const Bf16> a, Packed<Bf16> b, Rows<float> c, const Shape& shape,
                         bool add) {
  product_of<Avx512Bf16>(a, b, c, shape, add);
}

}  // namespace lingua::tiles
#endif

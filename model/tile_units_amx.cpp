#include "model/tile_kernels.h"

#if LINGUA_TILES
#include "model/tile_amx.h"
#include "model/tile_finish_units.h"
#include "model/tile_gradient_units.h"

namespace lingua::tiles {

void finished_product_amx(std::span<const Part> parts, const Finish& finish, Rows<Bf16> y,
                          const Extent& extent, const Room& room) {
  finished_product_of<AmxUnits>(parts, finish, y, extent, room);
}

void gradient_step_amx(Rows<const Bf16> a, Packed<Bf16> b, Rows<float> sums, const Shape& shape,
                       bool add, const Ahead& ahead) {
  gradient_step_of<AmxUnits>(a, b, sums, shape, add, ahead);
}

void last_gradient_step_amx(Rows<const Bf16> a, Packed<Bf16> b, Rows<const float> sums,
                            const Shape& shape, const Destination& destination) {
  last_gradient_step_of<AmxUnits>(a, b, sums, shape, destination);
}

}  // namespace lingua::tiles
#endif

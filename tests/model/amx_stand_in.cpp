#include "model/tile_kernels.h"

#if LINGUA_TILES
#include "tests/model/amx_stand_in.h"
// Behind the stand-in, whose instructions these are then.
#include "model/tile_amx.h"
#include "model/tile_finish_units.h"
#include "model/tile_gradient_units.h"
#include "tests/model/amx_stand_in_units.h"

namespace lingua::testing {

using kernels::Bf16;
using tiles::AmxUnits;

void finished_product_stand_in(std::span<const tiles::Part> parts, const tiles::Finish& finish,
                               tiles::Rows<Bf16> y, const tiles::Extent& extent,
                               const tiles::Room& room) {
  tiles::finished_product_of<AmxUnits>(parts, finish, y, extent, room);
}

void gradient_step_stand_in(tiles::Rows<const Bf16> a, tiles::Packed<Bf16> b,
                            tiles::Rows<float> sums, const tiles::Shape& shape, bool add,
                            const tiles::Ahead& ahead) {
  tiles::gradient_step_of<AmxUnits>(a, b, sums, shape, add, ahead);
}

void last_gradient_step_stand_in(tiles::Rows<const Bf16> a, tiles::Packed<Bf16> b,
                                 tiles::Rows<const float> sums, const tiles::Shape& shape,
                                 const tiles::Destination& destination) {
  tiles::last_gradient_step_of<AmxUnits>(a, b, sums, shape, destination);
}

}  // namespace lingua::testing
#endif

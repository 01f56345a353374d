#pragma once

#include "model/tile_kernels.h"

// The code for AMX with its instructions by plain loops, where there is AVX512-BF16 for all else in
// it; in model/tile_kernels.h are those of the same names.
namespace lingua::testing {

void finished_product_stand_in(std::span<const tiles::Part> parts, const tiles::Finish& finish,
                               tiles::Rows<kernels::Bf16> y, const tiles::Extent& extent,
                               const tiles::Room& room);
void gradient_step_stand_in(tiles::Rows<const kernels::Bf16> a, tiles::Packed<kernels::Bf16> b,
                            tiles::Rows<float> sums, const tiles::Shape& shape, bool add,
                            const tiles::Ahead& ahead);
void last_gradient_step_stand_in(tiles::Rows<const kernels::Bf16> a, tiles::Packed<kernels::Bf16> b,
                                 tiles::Rows<const float> sums, const tiles::Shape& shape,
                                 const tiles::Destination& destination);

}  // namespace lingua::testing

#pragma once

#include "model/tile_finish.h"
#include "model/tile_gradient.h"
#include "model/tile_product.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define LINGUA_TILES 1
#else
#define LINGUA_TILES 0
#endif

// The products for each instruction set, of which product() takes one; tests call them all. They
// may be called only where the processor has the instructions of their names.
namespace lingua::tiles {

#if LINGUA_TILES
void product_avx2(Rows<const float> a, Packed<float> b, Rows<float> c, const Shape& shape,
                  bool add);
void product_avx512(Rows<const float> a, Packed<float> b, Rows<float> c, const Shape& shape,
                    bool add);
void product_avx512_bf16(Rows<const kernels::Bf16> a, Packed<kernels::Bf16> b, Rows<float> c,
                         const Shape& shape, bool add);
void product_amx(Rows<const kernels::Bf16> a, Packed<kernels::Bf16> b, Rows<float> c,
                 const Shape& shape, bool add);
void set_up_amx(std::byte* room);  // what put_back_amx() needs
void put_back_amx(std::byte* room);
void finished_product_amx(std::span<const Part> parts, const Finish& finish, Rows<kernels::Bf16> y,
                          const Extent& extent, const Room& room);
void gradient_step_amx(Rows<const kernels::Bf16> a, Packed<kernels::Bf16> b, Rows<float> sums,
                       const Shape& shape, bool add, const Ahead& ahead);
void last_gradient_step_amx(Rows<const kernels::Bf16> a, Packed<kernels::Bf16> b,
                            Rows<const float> sums, const Shape& shape,
                            const Destination& destination);
void finished_product_avx512_bf16(std::span<const Part> parts, const Finish& finish,
                                  Rows<kernels::Bf16> y, const Extent& extent, const Room& room);
void gradient_step_avx512_bf16(Rows<const kernels::Bf16> a, Packed<kernels::Bf16> b,
                               Rows<float> sums, const Shape& shape, bool add, const Ahead& ahead);
void last_gradient_step_avx512_bf16(Rows<const kernels::Bf16> a, Packed<kernels::Bf16> b,
                                    Rows<const float> sums, const Shape& shape,
                                    const Destination& destination);
#endif

}  // namespace lingua::tiles

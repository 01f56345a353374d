#pragma once

#include <ATen/core/Tensor.h>

namespace lingua {

// Products of float32 by our own tiles (model/tile_product.h), rows and columns shared out. MKL
// takes AMD's processors for lesser ones and reaches 72 % of what they have.

// Whether libtorch's product of x [T, k] and a right factor b [k, n] is the slower one: it is
// MKL's, on a processor of AMD, and the product is large enough for b to be laid out.
bool suits_float_tiles(const at::Tensor& x, const at::Tensor& b);

// y = x b + bias, where suits_float_tiles(). x: [T, k]; b: [k, n], dense in one of its dimensions;
// bias: [n] or undefined; y: [T, n], contiguous. Not differentiable.
void float_product_into(const at::Tensor& y, const at::Tensor& x, const at::Tensor& b,
                        const at::Tensor& bias = {});

}  // namespace lingua

#include "model/int8_weight.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>

#include "model/int8_product.h"
#include "model/parallel_parts.h"
#include "model/projection.h"
#include "model/tensor_data.h"
#include "model/tile_product.h"

namespace lingua {
namespace {

using int8::kGroup;
using int8::kPanel;

// Panel `panel` of the weight's rows, of which the last ones may not be there.
void lay_out_panel(const Int8Rows& rows, int64_t panel, const Int8Weight& weight) {
  constexpr uint32_t kShifts = 0x80808080u;  // turns 128 + value into value
  constexpr float kRotations = 64.0f;        // what both rotations multiply a product with
  const int64_t depth = weight.in, groups = depth / kGroup;
  int8_t* values = weight.values.mutable_data_ptr<int8_t>() + panel * depth * kPanel;
  float* scales = elements<float>(weight.scales) + panel * groups * kPanel;
  int32_t* offsets = weight.offsets.mutable_data_ptr<int32_t>() + panel * groups * kPanel;
  const int64_t count = std::min(kPanel, weight.out - panel * kPanel);
  for (int64_t column = 0; column < count; ++column) {
    const int64_t row = panel * kPanel + column;
    const uint8_t* from = rows.values.const_data_ptr<uint8_t>() + row * depth;
    for (int64_t i = 0; i < depth; i += 4) {
      uint32_t word;
      std::memcpy(&word, from + i, sizeof word);
      word ^= kShifts;
      std::memcpy(values + i * kPanel + column * 4, &word, sizeof word);
    }
    for (int64_t g = 0; g < groups; ++g) {
      int32_t sum = 0;
      for (int64_t i = 0; i < kGroup; ++i) sum += from[g * kGroup + i] - 128;
      offsets[g * kPanel + column] = -128 * sum;
      scales[g * kPanel + column] = elements<float>(rows.scales)[row * groups + g] / kRotations;
    }
  }
}

}  // namespace

bool has_int8_products() { return int8::product() != nullptr; }

Int8Rows int8_rows(const at::Tensor& x) {
  const int64_t rows = x.size(0), depth = x.size(1), groups = depth / kGroup;
  const int64_t whole = tiles::padded(rows, int8::kRows);
  constexpr int64_t kBlockRows = 64;
  const Int8Rows result{at::empty({whole, depth}, at::kByte),
                        at::empty({whole, groups}, at::kFloat)};
  dispatch_float(x.scalar_type(), [&]<class T>(T) {
    for_blocks(rows, kBlockRows, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        int8::quantize<T>()(elements<T>(x) + row * depth,
                            result.values.mutable_data_ptr<uint8_t>() + row * depth,
                            elements<float>(result.scales) + row * groups, depth);
      }
    });
  });
  if (rows < whole) {
    result.values.narrow(0, rows, whole - rows).fill_(128);
    result.scales.narrow(0, rows, whole - rows).fill_(0);
  }
  return result;
}

Int8Weight int8_weight(const at::Tensor& weight) {
  const int64_t out = weight.size(0), in = weight.size(1);
  const int64_t panels = blocks_of(out, kPanel), groups = in / kGroup;
  const Int8Weight result{at::zeros({panels, in * kPanel}, at::kChar),
                          at::zeros({panels, groups, kPanel}, at::kFloat),
                          at::zeros({panels, groups, kPanel}, at::kInt), out, in};
  const Int8Rows rows = int8_rows(weight.contiguous());
  for_blocks(panels, 1, [&](int64_t panel, int64_t) { lay_out_panel(rows, panel, result); });
  return result;
}

void lay_out_int8(Decoder& decoder) {
  for (Projection* p : projections(decoder)) {
    if (p->weight.size(1) % kGroup != 0) continue;
    p->int8 = std::make_shared<const Int8Weight>(int8_weight(p->weight));
  }
}

}  // namespace lingua

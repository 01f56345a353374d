#include "model/int8_linear.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cstring>

#include "model/int8_kernels.h"
#include "model/int8_product.h"
#include "model/parallel_parts.h"
#include "model/tensor_data.h"

namespace lingua {
namespace {

using int8::kGroup;
using int8::kPanel;

constexpr int64_t kBlockRows = 64;  // of x; with 16 columns of the weight they stay near
constexpr int64_t kMostPanels = 8;  // 128 columns, whose 8 bits stay in the second cache

template <class T>
T* data(const at::Tensor& tensor) {
  return static_cast<T*>(tensor.mutable_data_ptr());
}

// Rows of x rotated and rounded, with rows of zeros behind them to a multiple of 8.
struct Rounded {
  at::Tensor values;  // [T, in] uint8
  at::Tensor scales;  // [T, in / 64] float32
};

template <class T>
void round_row(const T* x, uint8_t* values, float* scales, int64_t depth) {
  if constexpr (std::is_same_v<T, float>) {
    int8::quantize().of_float(x, values, scales, depth);
  } else {
    int8::quantize().of_bf16(x, values, scales, depth);
  }
}

Rounded rounded(const at::Tensor& x) {
  const int64_t rows = x.size(0), depth = x.size(1), groups = depth / kGroup;
  const int64_t whole = blocks_of(rows, int8::kRows) * int8::kRows;
  Rounded result{at::empty({whole, depth}, at::kByte), at::empty({whole, groups}, at::kFloat)};
  dispatch_float(x.scalar_type(), [&]<class T>(T) {
    for_blocks(rows, kBlockRows, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        round_row<T>(elements<T>(x) + row * x.stride(0), data<uint8_t>(result.values) + row * depth,
                     elements<float>(result.scales) + row * groups, depth);
      }
    });
  });
  result.values.narrow(0, rows, whole - rows).fill_(128);
  result.scales.narrow(0, rows, whole - rows).fill_(0);
  return result;
}

// Panel `panel` of the weight's rows, of which the last ones may not be there.
void lay_out_panel(const Rounded& rows, int64_t panel, const Int8Weight& weight) {
  constexpr uint32_t kShifts = 0x80808080u;  // turns 128 + value into value
  constexpr float kRotations = 64.0f;        // what both rotations multiply a product with
  const int64_t depth = weight.in, groups = depth / kGroup;
  int8_t* values = data<int8_t>(weight.values) + panel * depth * kPanel;
  float* scales = elements<float>(weight.scales) + panel * groups * kPanel;
  int32_t* offsets = data<int32_t>(weight.offsets) + panel * groups * kPanel;
  const int64_t count = std::min(kPanel, weight.out - panel * kPanel);
  for (int64_t column = 0; column < count; ++column) {
    const int64_t row = panel * kPanel + column;
    const uint8_t* from = data<uint8_t>(rows.values) + row * depth;
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

// What becomes of the sums.
struct Ending {
  at::Tensor bias = {}, added = {};
  bool gated = false;
};

template <class T>
class Product {
 public:
  Product(const at::Tensor& x, const Int8Weight& weight, const Ending& ending)
      : weight_(weight),
        ending_(ending),
        rows_(x.size(0)),
        out_(ending.gated ? weight.out / 2 : weight.out),
        x_(rounded(x)),
        y_(at::empty({rows_, out_}, x.options())) {}

  at::Tensor run() const {
    const int64_t panels = blocks_of(out_, kPanel);
    const int64_t size = equal_share(panels, kMostPanels, 1);
    for_parts(
        static_cast<std::size_t>(blocks_of(panels, size)),
        [&] {
          return at::empty({ending_.gated ? 2 : 1, kBlockRows, size * kPanel}, at::kFloat);
        },
        [&](std::size_t part, const at::Tensor& sums) {
          const int64_t panel = static_cast<int64_t>(part) * size;
          for (int64_t row = 0; row < rows_; row += kBlockRows) {
            multiply(row, panel, std::min(size, panels - panel), sums);
          }
        });
    return y_;
  }

 private:
  void multiply(int64_t row, int64_t panel, int64_t panels, const at::Tensor& room) const {
    const int64_t rows = std::min(kBlockRows, rows_ - row), first = panel * kPanel;
    const int64_t columns = std::min(panels * kPanel, out_ - first), stride = room.size(2);
    float* sums = elements<float>(room);
    float* up = sums + kBlockRows * stride;
    add_panels(row, rows, panel, panels, sums, stride);
    T* to = elements<T>(y_) + row * out_ + first;
    if (ending_.gated) {
      add_panels(row, rows, out_ / kPanel + panel, panels, up, stride);
      return kernels::finish_gate(sums, up, stride, to, out_, rows, columns);
    }
    const T* bias = ending_.bias.defined() ? elements<T>(ending_.bias) + first : nullptr;
    const T* added =
        ending_.added.defined() ? elements<T>(ending_.added) + row * out_ + first : nullptr;
    kernels::finish_sums(sums, stride, bias, added, to, out_, rows, columns);
  }

  void add_panels(int64_t row, int64_t rows, int64_t panel, int64_t panels, float* sums,
                  int64_t stride) const {
    const int64_t depth = weight_.in, groups = depth / kGroup;
    const int8::Left left{data<uint8_t>(x_.values) + row * depth,
                          elements<float>(x_.scales) + row * groups};
    for (int64_t p = panel; p < panel + panels; ++p, sums += kPanel) {
      int8::product()(left,
                      {data<int8_t>(weight_.values) + p * depth * kPanel,
                       elements<float>(weight_.scales) + p * groups * kPanel,
                       data<int32_t>(weight_.offsets) + p * groups * kPanel},
                      sums, stride, blocks_of(rows, int8::kRows) * int8::kRows, depth);
    }
  }

  const Int8Weight& weight_;
  const Ending ending_;
  const int64_t rows_, out_;
  const Rounded x_;
  const at::Tensor y_;
};

at::Tensor product(const at::Tensor& x, const Int8Weight& weight, const Ending& ending) {
  at::Tensor y;
  dispatch_float(x.scalar_type(), [&]<class T>(T) { y = Product<T>(x, weight, ending).run(); });
  return y;
}

at::Tensor dense(const at::Tensor& tensor) {
  return tensor.defined() ? tensor.contiguous() : tensor;
}

}  // namespace

bool has_int8_products() { return int8::product() != nullptr; }

Int8Weight int8_weight(const at::Tensor& weight) {
  const int64_t out = weight.size(0), in = weight.size(1);
  const int64_t panels = blocks_of(out, kPanel), groups = in / kGroup;
  const Int8Weight result{at::zeros({panels, in * kPanel}, at::kChar),
                          at::zeros({panels, groups, kPanel}, at::kFloat),
                          at::zeros({panels, groups, kPanel}, at::kInt), out, in};
  const Rounded rows = rounded(dense(weight));
  for_blocks(panels, 1, [&](int64_t panel, int64_t) { lay_out_panel(rows, panel, result); });
  return result;
}

void lay_out_int8(Decoder& decoder) {
  for (LayerWeights& layer : decoder.layers) {
    for (Projection* p : {&layer.qkv, &layer.output, &layer.gate_up, &layer.down}) {
      if (p->weight.size(1) % kGroup != 0) continue;
      p->int8 = std::make_shared<const Int8Weight>(int8_weight(p->weight));
    }
  }
}

bool can_use_int8(const Projection& projection, const at::Tensor& x) {
  return projection.int8 && c10::InferenceMode::is_enabled() && x.is_cpu();
}

at::Tensor int8_linear(const at::Tensor& x, const Int8Weight& weight, const at::Tensor& bias,
                       const at::Tensor& added) {
  return product(dense(x), weight, {dense(bias), dense(added)});
}

at::Tensor int8_swiglu(const at::Tensor& x, const Int8Weight& weight) {
  return product(dense(x), weight, {.gated = true});
}

}  // namespace lingua

#include "model/int8_linear.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>

#include "model/int8_kernels.h"
#include "model/int8_product.h"
#include "model/parallel_parts.h"
#include "model/tensor_data.h"
#include "model/tile_product.h"

namespace lingua {
namespace {

using int8::kPanel;

constexpr int64_t kBlockRows = 64;  // of x; with 16 columns of the weight they stay near
constexpr int64_t kMostPanels = 8;  // 128 columns, whose 8 bits stay in the second cache

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
        x_(int8_rows(x)),
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
    const int64_t depth = weight_.in, groups = depth / int8::kGroup;
    const int8::Left left{x_.values.const_data_ptr<uint8_t>() + row * depth,
                          elements<float>(x_.scales) + row * groups};
    for (int64_t p = panel; p < panel + panels; ++p, sums += kPanel) {
      int8::product()(left,
                      {weight_.values.const_data_ptr<int8_t>() + p * depth * kPanel,
                       elements<float>(weight_.scales) + p * groups * kPanel,
                       weight_.offsets.const_data_ptr<int32_t>() + p * groups * kPanel},
                      sums, stride, tiles::padded(rows, int8::kRows), depth);
    }
  }

  const Int8Weight& weight_;
  const Ending ending_;
  const int64_t rows_, out_;
  const Int8Rows x_;
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

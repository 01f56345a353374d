#include "tests/model/stand_in_device.h"

#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>
#include <ATen/InferSize.h>
#include <ATen/TensorUtils.h>
#include <ATen/detail/PrivateUse1HooksInterface.h>
#include <ATen/native/CPUFallback.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

#include <atomic>

namespace lingua {
namespace {

using OptionalDtype = std::optional<at::ScalarType>;
using OptionalLayout = std::optional<at::Layout>;
using OptionalDevice = std::optional<at::Device>;

// The processor's memory, under another device's name.
class Memory final : public c10::Allocator {
 public:
  c10::DataPtr allocate(std::size_t size) override {
    void* data = c10::GetCPUAllocator()->raw_allocate(size);
    return {data, data, raw_deleter(), stand_in_device()};
  }
  c10::DeleterFnPtr raw_deleter() const override { return c10::GetCPUAllocator()->raw_deleter(); }
  void copy_data(void* to, const void* from, std::size_t count) const override {
    default_copy_data(to, from, count);
  }
};

Memory& memory() {
  static Memory all;
  return all;
}

constexpr c10::DispatchKeySet kKeys(c10::DispatchKey::PrivateUse1);

at::Tensor empty(at::IntArrayRef size, OptionalDtype dtype, OptionalLayout, OptionalDevice,
                 std::optional<bool>, std::optional<at::MemoryFormat> format) {
  return at::detail::empty_generic(size, &memory(), kKeys, c10::dtype_or_default(dtype), format);
}

at::Tensor empty_strided(at::IntArrayRef size, at::IntArrayRef stride, OptionalDtype dtype,
                         OptionalLayout, OptionalDevice, std::optional<bool>) {
  return at::detail::empty_strided_generic(size, stride, &memory(), kKeys,
                                           c10::dtype_or_default(dtype));
}

at::Tensor on_processor(const at::Tensor& x) {
  return at::from_blob(x.mutable_data_ptr(), x.sizes(), x.strides(),
                       at::TensorOptions().dtype(x.scalar_type()));
}

at::Tensor copy_from(const at::Tensor& from, const at::Tensor& to, bool) {
  on_processor(to).copy_(on_processor(from));
  return to;
}

// A result, which may have no room yet.
at::Tensor copy_back(const at::Tensor& from, const at::Tensor& to) {
  if (from.sizes() != to.sizes()) {
    auto* const impl = to.unsafeGetTensorImpl();
    impl->set_storage_keep_dtype(at::empty(from.sizes(), to.options()).storage());
    impl->set_sizes_contiguous(from.sizes());
  }
  return copy_from(from, to, false);
}

at::Tensor strided_view(const at::Tensor& x, at::IntArrayRef size, at::IntArrayRef stride,
                        std::optional<int64_t> offset) {
  auto view = at::detail::make_tensor<c10::TensorImpl>(
      c10::TensorImpl::VIEW, c10::Storage(x.storage()), x.key_set(), x.dtype());
  auto* const impl = view.unsafeGetTensorImpl();
  impl->set_sizes_and_strides(size, stride, offset.value_or(x.storage_offset()));
  return view;
}

at::Tensor reshape_alias(const at::Tensor& x, at::IntArrayRef size, at::IntArrayRef stride) {
  return strided_view(x, size, stride, std::nullopt);
}

at::Tensor view(const at::Tensor& x, at::IntArrayRef size) {
  const auto whole = at::infer_size_dv(size, x.numel());
  const auto stride = at::detail::computeStride(x.sizes(), x.strides(), whole);
  TORCH_CHECK(stride.has_value(), "no view has this shape");
  return strided_view(x, whole, *stride, std::nullopt);
}

std::atomic<int64_t> reads = 0;

at::Scalar read_number(const at::Tensor& x) {
  ++reads;
  return on_processor(x).item();
}

// A plain one out of libtorch's ways to compute attention.
int64_t attention_choice(const at::Tensor&, const at::Tensor&, const at::Tensor&,
                         const std::optional<at::Tensor>&, double, bool, std::optional<double>,
                         bool) {
  return 0;
}

void on_the_processor(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  at::native::cpu_fallback(op, stack);
}

TORCH_LIBRARY_IMPL(_, PrivateUse1, library) {
  library.fallback(torch::CppFunction::makeFromBoxedFunction<&on_the_processor>());
}

TORCH_LIBRARY_IMPL(aten, PrivateUse1, library) {
  library.impl("empty.memory_format", &empty);
  library.impl("empty_strided", &empty_strided);
  library.impl("_copy_from", &copy_from);
  library.impl("_copy_from_and_resize", &copy_back);
  library.impl("as_strided", &strided_view);
  library.impl("_reshape_alias", &reshape_alias);
  library.impl("view", &view);
  library.impl("_local_scalar_dense", &read_number);
  library.impl("_fused_sdp_choice", &attention_choice);
}

// One device with one stream, on which everything is done when it was asked for. Events, which
// autograd waits for, have always happened.
class Guard final : public c10::impl::DeviceGuardImplInterface {
 public:
  c10::DeviceType type() const override { return c10::DeviceType::PrivateUse1; }
  at::Device exchangeDevice(at::Device) const override { return stand_in_device(); }
  at::Device getDevice() const override { return stand_in_device(); }
  void setDevice(at::Device) const override {}
  void uncheckedSetDevice(at::Device) const noexcept override {}
  c10::DeviceIndex deviceCount() const noexcept override { return 1; }
  c10::Stream getStream(at::Device) const noexcept override { return stream(); }
  c10::Stream getDefaultStream(at::Device) const override { return stream(); }
  c10::Stream exchangeStream(c10::Stream) const noexcept override { return stream(); }
  bool queryStream(const c10::Stream&) const override { return true; }
  void synchronizeStream(const c10::Stream&) const override {}
  void record(void**, const c10::Stream&, const c10::DeviceIndex,
              const c10::EventFlag) const override {}
  void block(void*, const c10::Stream&) const override {}
  bool queryEvent(void*) const override { return true; }
  void synchronizeEvent(void*) const override {}
  void destroyEvent(void*, const c10::DeviceIndex) const noexcept override {}

 private:
  static c10::Stream stream() { return c10::Stream(c10::Stream::DEFAULT, stand_in_device()); }
};

C10_REGISTER_GUARD_IMPL(PrivateUse1, Guard);

// What libtorch asks of an accelerator before it asks for its stream. Not all of it is asked for by
// every libtorch.
struct Hooks final : at::PrivateUse1HooksInterface {
  bool isBuilt() const { return true; }
  bool isAvailable() const { return true; }
  bool hasPrimaryContext(c10::DeviceIndex) const override { return true; }
};

const bool registered = [] {
  static Hooks hooks;
  c10::register_privateuse1_backend("stand_in");
  at::RegisterPrivateUse1HooksInterface(&hooks);
  return true;
}();

}  // namespace

at::Device stand_in_device() {
  static_cast<void>(registered);
  return {c10::DeviceType::PrivateUse1, 0};
}

int64_t reads_from_stand_in() { return reads; }

}  // namespace lingua

#include "model/runnable_model.h"

#include "model/device.h"
#include "model/dtype.h"
#include "model/int8_weight.h"
#include "model/lora.h"
#include "model/tile_linear.h"
#include "model/tile_product.h"
#include "support/error.h"

namespace lingua {
namespace {

void check_int8(const at::Device& device) {
  if (!device.is_cpu()) {
    throw Error(ErrorKind::kUsage, "--dtype int8 computes on the processor, not on " + device.str(),
                "choose bf16, or --device cpu");
  }
  if (!has_int8_products()) {
    throw Error(ErrorKind::kUsage, "--dtype int8 needs a processor with AVX512-VNNI",
                "choose auto");
  }
}

// Not by a measurement: the same machine gives the same losses every time.
at::ScalarType dtype_beside_int8() {
  return tiles::product<kernels::Bf16>() != nullptr ? at::kBFloat16 : at::kFloat;
}

at::ScalarType dtype_on(const at::Device& device, const std::string& name, int64_t hidden) {
  if (name == "int8") return dtype_beside_int8();
  if (name != "auto") return choose_dtype(name, {});
  return device.is_cpu() ? choose_dtype(name, measure_gemm(hidden)) : at::kBFloat16;
}

RunnableModel laid_out(Model model, const std::string& dtype, const at::Device& device) {
  model = merged(std::move(model));
  const auto type = dtype_on(device, dtype, model.config.hidden_size);
  auto decoder = make_decoder(model.config, model.weights, type, model.source, device);
  if (dtype == "int8") lay_out_int8(decoder);
  lay_out_tiles(decoder);
  return {std::move(model.config),
          std::move(model.tokenizer),
          std::move(model.report),
          std::move(model.source),
          std::make_shared<const Decoder>(std::move(decoder)),
          dtype == "int8" ? dtype : dtype_name(type)};
}

}  // namespace

RunnableModel load_runnable(const std::string& spec, const std::string& dtype,
                            const std::string& device) {
  const at::Device where = choose_device(device);  // before the file is read, which takes a while
  if (dtype == "int8") check_int8(where);
  return laid_out(load_model(spec, Integrity::kChecksums), dtype, where);
}

}  // namespace lingua

#include "model/runnable_model.h"

#include "model/device.h"
#include "model/dtype.h"
#include "model/lora.h"
#include "model/tile_linear.h"

namespace lingua {
namespace {

at::ScalarType dtype_on(const at::Device& device, const std::string& name, int64_t hidden) {
  if (name != "auto") return choose_dtype(name, {});
  return device.is_cpu() ? choose_dtype(name, measure_gemm(hidden)) : at::kBFloat16;
}

}  // namespace

RunnableModel make_runnable(Model model, const std::string& dtype, const at::Device& device) {
  model = merged(std::move(model));
  const auto type = dtype_on(device, dtype, model.config.hidden_size);
  auto decoder = make_decoder(model.config, model.weights, type, model.source, device);
  lay_out_tiles(decoder);
  return {std::move(model.config), std::move(model.tokenizer), std::move(model.report),
          std::move(model.source), std::make_shared<const Decoder>(std::move(decoder))};
}

RunnableModel load_runnable(const std::string& spec, const std::string& dtype,
                            const std::string& device) {
  const at::Device where = choose_device(device);  // before the file is read, which takes a while
  return make_runnable(load_model(spec, Integrity::kChecksums), dtype, where);
}

}  // namespace lingua

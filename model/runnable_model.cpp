#include "model/runnable_model.h"

#include "model/dtype.h"
#include "model/lora.h"
#include "model/tile_linear.h"

namespace lingua {

RunnableModel make_runnable(Model model, const std::string& dtype) {
  model = merged(std::move(model));
  const GemmRates rates = dtype == "auto" ? measure_gemm(model.config.hidden_size) : GemmRates{};
  auto decoder =
      make_decoder(model.config, model.weights, choose_dtype(dtype, rates), model.source);
  lay_out_tiles(decoder);
  return {std::move(model.config), std::move(model.tokenizer), std::move(model.report),
          std::move(model.source), std::make_shared<const Decoder>(std::move(decoder))};
}

RunnableModel load_runnable(const std::string& spec, const std::string& dtype) {
  return make_runnable(load_model(spec, Integrity::kChecksums), dtype);
}

}  // namespace lingua

#include "train/dry_run.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "data/packing.h"
#include "model/tile_linear.h"
#include "train/forecast.h"
#include "train/method.h"

namespace lingua {
namespace {

int64_t count_of(const std::vector<WeightSlot>& slots) {
  int64_t count = 0;
  for (const WeightSlot& slot : slots) count += slot.tensor->numel();
  return count;
}

int64_t bytes_of_weights(const Model& model) {
  std::size_t bytes = 0;
  for (const auto& [name, tensor] : model.weights) bytes += tensor.nbytes();
  return static_cast<int64_t>(bytes);
}

int64_t largest_micro_batch(const std::vector<Sample>& samples, const PackingOptions& options) {
  std::size_t rows = 0;
  for (const Step& step : epoch_plan(samples, options, 0)) {
    for (const MicroBatch& batch : step.micro_batches) rows = std::max(rows, batch.ids.size());
  }
  return static_cast<int64_t>(rows);
}

}  // namespace

void dry_run(const AlignOptions& options, Model& base, const AlignSamples& samples,
             at::ScalarType dtype, const at::Device& device, Json& report,
             const std::function<void(const std::string&)>& show) {
  const auto& train = samples.train.samples;
  const int64_t process = process_bytes_besides(bytes_of_weights(base));
  Decoder decoder = make_decoder(base.config, base.weights, at::kFloat, base.source, device);
  base.weights.clear();
  const TrainableSet trained = prepare_method(decoder, options.train.method, options.seed);
  const SplitSlots slots = split_slots(decoder, trained);
  const bool all_layers = trained.embeddings || trained.adapters;
  const int64_t all = base.config.num_hidden_layers;
  const MemoryForecast memory = forecast_memory(
      {.config = base.config,
       .trained = count_of(slots.trained),
       .frozen = count_of(slots.frozen),
       .tile_bytes = frozen_tile_bytes(decoder, dtype) + head_tile_bytes(decoder, dtype),
       .layers = all_layers ? all : all - std::min(all, trained.first_layer),
       .recompute = options.train.method.recompute,
       .dtype = dtype,
       .rows = largest_micro_batch(train, options.train.packing),
       .averaged = options.train.ema > 0,
       .process_bytes = process});
  show(to_text(memory));
  FlatParameters parameters(decoder, dtype, trained);
  lay_out_frozen_tiles(decoder);
  const TimeForecast time =
      forecast_time(decoder, parameters, train, samples.held_out.samples, options.train);
  show(to_text(time));
  report["forecast"] = {{"memory", to_json(memory)}, {"time", to_json(time)}};
}

}  // namespace lingua

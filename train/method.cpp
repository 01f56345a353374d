#include "train/method.h"

#include <utility>

#include "model/counter_random.h"
#include "model/lora.h"

namespace lingua {

Json to_json(const MethodOptions& o) {
  Json json = {{"name", o.method}};
  if (o.method == "lora") {
    json.update({{"rank", o.rank},
                 {"alpha", o.alpha},
                 {"dropout", o.dropout},
                 {"targets", o.targets},
                 {"layers", o.layers},
                 {"adapter", o.adapter}});
  }
  if (o.method == "last-k") {
    json.update({{"layers", o.last_layers}, {"embeddings", o.train_embeddings}});
  }
  return json;
}

TrainableSet prepare_method(Decoder& decoder, const MethodOptions& options, uint64_t seed) {
  if (options.method == "last-k") {
    return last_layers(decoder.config, options.last_layers, options.train_embeddings);
  }
  if (options.method != "lora") return {};
  add_adapters(
      decoder,
      {options.rank, options.alpha, listed_targets(options.targets), listed_layers(options.layers)},
      seed);
  return adapters_only();
}

ForwardOptions forward_options(const MethodOptions& options, uint64_t seed, int64_t step,
                               int64_t micro_batch) {
  ForwardOptions forward;
  forward.recompute = options.recompute;
  if (options.method != "lora") return forward;
  forward.adapter_dropout = options.dropout;
  forward.dropout_seed = derived_key(derived_key(seed, static_cast<uint64_t>(step)),
                                     static_cast<uint64_t>(micro_batch));
  return forward;
}

Model trained_model(Model base, const FlatParameters& parameters, const MethodOptions& options) {
  if (options.method == "lora") {
    base.adapters = adapter_set(parameters.master());
    return options.adapter == "apart" ? base : merged(std::move(base));
  }
  if (options.method == "last-k") {
    // Frozen weights come from the base: the decoder may compute with rounded ones.
    Decoder decoder = make_decoder(base.config, base.weights, at::kFloat, base.source);
    parameters.install(decoder);
    base.weights = named_weights(decoder);
    return base;
  }
  base.weights = named_weights(parameters.master());
  return base;
}

}  // namespace lingua

#include "model/fewer_layers.h"

#include <map>
#include <string>
#include <utility>

#include "model/family.h"
#include "model/weight_layout.h"
#include "support/error.h"

namespace lingua {
namespace {

// Where a layer's weights are in the decoder, in weight_layout().
std::string slot_prefix(int64_t layer) { return "layers." + std::to_string(layer) + "."; }

[[noreturn]] void refuse(const Model& model, const std::string& what) {
  throw Error(ErrorKind::kUsage, what,
              model.source + " has the layers 0 to " +
                  std::to_string(model.config.num_hidden_layers - 1) + "; list them ascending");
}

void require_layers(const Model& model, std::span<const int64_t> layers) {
  const ModelConfig& config = model.config;
  if (layers.empty()) refuse(model, "a model needs a layer");
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::string name = "layer " + std::to_string(layers[i]);
    if (layers[i] < 0 || layers[i] >= config.num_hidden_layers) refuse(model, "no " + name);
    if (i > 0 && layers[i] <= layers[i - 1]) {
      refuse(model, name + " after layer " + std::to_string(layers[i - 1]));
    }
    // Which layers are local follows from their numbers.
    const auto place = static_cast<int64_t>(i);
    if (is_local_layer(config, layers[i]) != is_local_layer(config, place)) {
      throw Error(ErrorKind::kUsage,
                  name + " cannot become layer " + std::to_string(place) +
                      ": one of the two sees a window of tokens only",
                  "choose the first layers");
    }
  }
}

}  // namespace

Model with_layers(Model model, std::span<const int64_t> layers) {
  require_layers(model, layers);
  // Names of a layer's weights by their slots and rows, which have the layer's number in front.
  std::map<std::pair<std::string, int64_t>, std::string> names;
  for (const WeightPlace& place : weight_layout(model.config)) {
    names[{place.slot, place.first_row}] = place.name;
  }
  model.config.num_hidden_layers = static_cast<int64_t>(layers.size());
  TensorMap kept;
  for (const WeightPlace& place : weight_layout(model.config)) {
    std::string slot = place.slot;
    if (slot.starts_with("layers.")) {
      const auto begin = slot.find('.') + 1, end = slot.find('.', begin);
      const auto number = std::stoull(slot.substr(begin, end - begin));
      slot = slot_prefix(layers[number]) + slot.substr(end + 1);
    }
    kept[place.name] = model.weights.at(names.at({slot, place.first_row}));
  }
  model.weights = std::move(kept);
  return model;
}

}  // namespace lingua

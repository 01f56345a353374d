#include <ATen/ATen.h>

#include <array>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "model/decoder.h"
#include "model/weight_layout.h"
#include "support/error.h"

namespace lingua {
namespace {

std::string shape_text(at::IntArrayRef shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  }
  return text + "]";
}

// Finds weights by name and checks their shapes.
struct Lookup {
  const TensorMap& weights;
  at::ScalarType dtype;
  at::Device device;
  const std::string& where;

  // [out, in], of the file's type.
  at::Tensor get(const WeightPlace& place) const {
    const auto found = weights.find(place.name);
    if (found == weights.end()) {
      throw Error(ErrorKind::kModel, where + ": the tensor " + place.name + " is missing",
                  "the weights must belong to the configuration");
    }
    const at::Tensor& tensor = found->second;
    if (tensor.sizes() != at::IntArrayRef(place.shape)) {
      throw Error(ErrorKind::kModel, where + ": the tensor " + place.name + " has shape " +
                                         shape_text(tensor.sizes()) +
                                         ", the configuration asks for " + shape_text(place.shape));
    }
    return place.transposed ? tensor.t() : tensor;
  }

  // The parts of a slot one above the other, as the decoder holds them: each is converted right to
  // where it belongs. What is that already is not copied, a file stays mapped.
  at::Tensor joined(std::span<const WeightPlace> places) const {
    if (places.size() == 1) return get(places.front()).to(device, dtype).contiguous();
    auto shape = get(places.front()).sizes().vec();
    shape[0] = places.back().first_row + places.back().rows();
    const auto whole = at::empty(shape, at::TensorOptions().dtype(dtype).device(device));
    for (const WeightPlace& place : places) {
      whole.narrow(0, place.first_row, place.rows()).copy_(get(place));
    }
    return whole;
  }
};

std::array<std::pair<const char*, Projection*>, 4> projections(LayerWeights& w) {
  return {{{"qkv", &w.qkv}, {"output", &w.output}, {"gate_up", &w.gate_up}, {"down", &w.down}}};
}

// Every place for a weight that there is, whether the configuration fills it or not. The head is
// there unless it is tied.
std::vector<WeightSlot> all_slots(Decoder& decoder) {
  std::vector<WeightSlot> slots;
  const auto add_norm = [&](const std::string& name, Norm& norm) {
    slots.push_back({name, &norm.weight});
    slots.push_back({name + ".bias", &norm.bias});
  };
  slots.push_back({"embedding", &decoder.embedding});
  slots.push_back({"positions", &decoder.positions});
  for (std::size_t layer = 0; layer < decoder.layers.size(); ++layer) {
    LayerWeights& w = decoder.layers[layer];
    const std::string prefix = "layers." + std::to_string(layer) + ".";
    add_norm(prefix + "input_norm", w.input_norm);
    add_norm(prefix + "query_norm", w.query_norm);
    add_norm(prefix + "key_norm", w.key_norm);
    add_norm(prefix + "attention_norm", w.attention_norm);
    add_norm(prefix + "post_norm", w.post_norm);
    add_norm(prefix + "mlp_norm", w.mlp_norm);
    for (const auto& [name, projection] : projections(w)) {
      slots.push_back({prefix + name, &projection->weight});
      slots.push_back({prefix + name + ".bias", &projection->bias});
    }
  }
  add_norm("final_norm", decoder.final_norm);
  if (!decoder.config.tie_word_embeddings) slots.push_back({"head", &decoder.head});
  return slots;
}

std::map<std::string, at::Tensor*> slots_by_name(Decoder& decoder) {
  std::map<std::string, at::Tensor*> slots;
  for (const WeightSlot& slot : all_slots(decoder)) slots.emplace(slot.name, slot.tensor);
  return slots;
}

}  // namespace

Decoder make_decoder(const ModelConfig& config, const TensorMap& weights, at::ScalarType dtype,
                     const std::string& where, const at::Device& device) {
  validate(config, where);
  const Lookup lookup{weights, dtype, device, where};
  Decoder decoder;
  decoder.config = config;
  decoder.layers.resize(static_cast<std::size_t>(config.num_hidden_layers));
  const auto slots = slots_by_name(decoder);
  const auto layout = weight_layout(config);
  for (auto place = layout.begin(); place != layout.end();) {
    const auto first = place;
    while (place != layout.end() && place->slot == first->slot) ++place;
    *slots.at(first->slot) = lookup.joined({first, place});
  }
  if (config.tie_word_embeddings) decoder.head = decoder.embedding;
  return decoder;
}

TensorMap named_weights(const Decoder& decoder) {
  Decoder views = decoder;  // shares the weights
  const auto slots = slots_by_name(views);
  TensorMap named;
  for (const WeightPlace& place : weight_layout(decoder.config)) {
    const auto part = slots.at(place.slot)->narrow(0, place.first_row, place.rows());
    named[place.name] = place.transposed ? part.t() : part;
  }
  return named;
}

std::vector<WeightSlot> weight_slots(Decoder& decoder) {
  auto slots = all_slots(decoder);
  std::erase_if(slots, [](const WeightSlot& slot) { return !slot.tensor->defined(); });
  return slots;
}

std::vector<WeightSlot> adapter_slots(Decoder& decoder) {
  std::vector<WeightSlot> slots;
  for (std::size_t layer = 0; layer < decoder.layers.size(); ++layer) {
    for (const auto& [name, projection] : projections(decoder.layers[layer])) {
      for (std::size_t i = 0; i < projection->adapters.size(); ++i) {
        const std::string prefix =
            "layers." + std::to_string(layer) + "." + name + "." + std::to_string(i) + ".";
        slots.push_back({prefix + "a", &projection->adapters[i].a});
        slots.push_back({prefix + "b", &projection->adapters[i].b});
      }
    }
  }
  return slots;
}

}  // namespace lingua

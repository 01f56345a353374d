#include "model/adapter_places.h"

#include <array>
#include <string_view>
#include <utility>

#include "model/weight_layout.h"
#include "support/error.h"

namespace lingua {
namespace {

constexpr std::string_view kWeight = ".weight";
constexpr std::string_view kLayers = "layers.";

// What projections end in, and what they are called here.
constexpr std::array<std::pair<std::string_view, const char*>, 11> kTargets = {{
    {"self_attn.q_proj", "q"},
    {"self_attn.k_proj", "k"},
    {"self_attn.v_proj", "v"},
    {"attn.c_attn", "qkv"},
    {"self_attn.o_proj", "o"},
    {"attn.c_proj", "o"},
    {"mlp.gate_proj", "gate"},
    {"mlp.up_proj", "up"},
    {"mlp.c_fc", "up"},
    {"mlp.down_proj", "down"},
    {"mlp.c_proj", "down"},
}};

std::string target_of(std::string_view name) {
  for (const auto& [ending, target] : kTargets) {
    if (name.ends_with(ending)) return target;
  }
  throw Error(ErrorKind::kInternal, "no adapter target for " + std::string(name));
}

}  // namespace

std::vector<AdapterPlace> adapter_places(const ModelConfig& config) {
  std::vector<AdapterPlace> places;
  for (const WeightPlace& weight : weight_layout(config)) {
    if (weight.role != WeightRole::kInner && weight.role != WeightRole::kResidual) continue;
    AdapterPlace place;
    place.name = weight.name.substr(0, weight.name.size() - kWeight.size());
    place.target = target_of(place.name);
    const auto dot = weight.slot.find('.', kLayers.size());
    place.layer = std::stoll(weight.slot.substr(kLayers.size()));
    place.projection = weight.slot.substr(dot + 1);
    place.first_row = weight.first_row;
    place.rows = weight.rows();
    place.width = weight.shape[weight.transposed ? 0 : 1];
    places.push_back(std::move(place));
  }
  return places;
}

Projection& projection_at(Decoder& decoder, const AdapterPlace& place) {
  LayerWeights& w = decoder.layers[static_cast<std::size_t>(place.layer)];
  if (place.projection == "qkv") return w.qkv;
  if (place.projection == "output") return w.output;
  if (place.projection == "gate_up") return w.gate_up;
  return w.down;
}

}  // namespace lingua

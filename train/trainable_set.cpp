#include "train/trainable_set.h"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

namespace lingua {
namespace {

constexpr std::string_view kLayers = "layers.";

bool trains(const TrainableSet& set, const std::string& slot) {
  if (slot.starts_with(kLayers)) return std::stoll(slot.substr(kLayers.size())) >= set.first_layer;
  return slot.starts_with("final_norm") ? set.final_norm : set.embeddings;
}

}  // namespace

TrainableSet last_layers(const ModelConfig& config, int64_t count, bool embeddings) {
  TrainableSet set;
  set.embeddings = embeddings;
  set.first_layer = std::max<int64_t>(0, config.num_hidden_layers - count);
  return set;
}

TrainableSet adapters_only() {
  TrainableSet set;
  set.embeddings = false;
  set.first_layer = std::numeric_limits<int64_t>::max();
  set.final_norm = false;
  set.adapters = true;
  return set;
}

SplitSlots split_slots(Decoder& decoder, const TrainableSet& set) {
  SplitSlots split;
  for (const WeightSlot& slot : weight_slots(decoder)) {
    (trains(set, slot.name) ? split.trained : split.frozen).push_back(slot);
  }
  for (const WeightSlot& slot : adapter_slots(decoder)) {
    (set.adapters ? split.trained : split.frozen).push_back(slot);
  }
  return split;
}

}  // namespace lingua

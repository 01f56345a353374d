#pragma once

#include <cstdint>
#include <vector>

#include "model/decoder.h"

namespace lingua {

// Which weights of a decoder are trained; by default all but adapters. The others are frozen: they
// cost neither gradient nor moments nor a float32 copy.
struct TrainableSet {
  // Embedding, learned positions and head. Reaching them takes a backward pass through all layers.
  bool embeddings = true;
  // Layers from this one on; the number of layers or more: none. >= 0
  int64_t first_layer = 0;
  // The norm after the last layer.
  bool final_norm = true;
  // Low-rank adapters of all layers.
  bool adapters = false;
};

// The last `count` layers and the final norm.
TrainableSet last_layers(const ModelConfig& config, int64_t count, bool embeddings);

TrainableSet adapters_only();

// Weights and adapters of `decoder`, each in one of the lists, in the order of weight_slots() and
// adapter_slots().
struct SplitSlots {
  std::vector<WeightSlot> trained;
  std::vector<WeightSlot> frozen;
};
SplitSlots split_slots(Decoder& decoder, const TrainableSet& set);

}  // namespace lingua

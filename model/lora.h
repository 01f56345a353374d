#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/decoder.h"
#include "model/loader.h"

namespace lingua {

// Which low-rank adapters (LoRA, arXiv 2106.09685) a decoder gets.
struct AdapterOptions {
  // Inner width. >= 1
  int64_t rank = 16;
  // The product is scaled by alpha / rank. > 0
  double alpha = 32;
  // Projections: see adapter_targets(). Empty: all of them.
  std::vector<std::string> targets = {};
  // Layers, from 0. Empty: all of them.
  std::vector<int64_t> layers = {};
};

// What the projections of such a model are called: "q", "k", "v", "o", "gate", "up", "down"; "qkv"
// instead of the first three where the model's files hold them as one matrix (GPT-2).
std::vector<std::string> adapter_targets(const ModelConfig& config);

// Gives `decoder`, which has none, fresh float32 adapters: a uniform within 1 / sqrt(in) either
// side of 0, b zero, so that nothing changes yet. The values depend on seed and place only.
// Throws Error(kUsage) for a projection or layer that the model lacks and for a rank over the
// width of a projection.
void add_adapters(Decoder& decoder, const AdapterOptions& options, uint64_t seed);

// Gives `decoder`, which has none, the adapters of `set` as float32. Throws Error(kModel) naming a
// tensor that is missing, belongs to no projection or has another shape, and `where`.
void attach_adapters(Decoder& decoder, const AdapterSet& set, const std::string& where);

// The way back.
AdapterSet adapter_set(const Decoder& decoder);

// Adds the products to the weights, in float32, and takes the adapters away.
void merge_adapters(Decoder& decoder);

// `model` itself where it has no adapters; else its weights in float32 with the adapters added.
Model merged(Model model);

}  // namespace lingua

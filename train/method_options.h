#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lingua {

// Which weights are trained and how their gradients are computed.
struct MethodOptions {
  // full: all weights; lora: low-rank adapters beside frozen weights (arXiv 2106.09685); last-k:
  // the last layers and the final norm.
  std::string method = "full";
  // lora: inner width of an adapter. >= 1
  int64_t rank = 16;
  // lora: an adapter's product is scaled by alpha / rank. > 0
  double alpha = 32;
  // lora: share of an adapter's inputs that a step leaves out. [0, 1)
  double dropout = 0;
  // lora: projections, as in "q,v" (see model/lora.h); "": all
  std::string targets;
  // lora: layers from 0, as in "0-9,20"; "": all
  std::string layers;
  // lora: merged adds the adapters to the weights of the saved model; apart keeps them beside.
  std::string adapter = "merged";
  // last-k: how many layers. >= 1
  int64_t last_layers = 4;
  // last-k: trains embedding and head too.
  bool train_embeddings = false;
  // Keeps a layer's input only and computes the layer again for its gradient: less memory, a third
  // more time.
  bool recompute = false;
};

// Throws Error(kUsage) naming the first option that cannot be.
void validate(const MethodOptions& options);

// What "q,v" and "0-9,20" list. Throws Error(kUsage) for a text that is no such list.
std::vector<std::string> listed_targets(const std::string& text);
std::vector<int64_t> listed_layers(const std::string& text);

}  // namespace lingua

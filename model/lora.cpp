#include "model/lora.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "model/adapter_places.h"
#include "model/counter_random.h"
#include "support/error.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr char kFactorA[] = ".lora_A.weight";
constexpr char kFactorB[] = ".lora_B.weight";

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

void check(const ModelConfig& config, const AdapterOptions& options) {
  const auto known = adapter_targets(config);
  for (const std::string& target : options.targets) {
    if (std::find(known.begin(), known.end(), target) == known.end()) {
      throw Error(ErrorKind::kUsage, "the model has no projection " + in_quotes(target),
                  "it has " + listed(known));
    }
  }
  for (const int64_t layer : options.layers) {
    if (layer < 0 || layer >= config.num_hidden_layers) {
      throw Error(ErrorKind::kUsage, "the model has no layer " + std::to_string(layer),
                  "its layers are 0 to " + std::to_string(config.num_hidden_layers - 1));
    }
  }
}

template <class T>
bool chosen(const std::vector<T>& choice, const T& value) {
  return choice.empty() || std::find(choice.begin(), choice.end(), value) != choice.end();
}

// Kaiming's uniform initialisation with a = sqrt(5), as PEFT has it.
at::Tensor initial_factor(const AdapterPlace& place, int64_t rank, uint64_t key) {
  auto factor = at::empty({rank, place.width}, at::kFloat);
  auto* values = factor.mutable_data_ptr<float>();
  const float bound = 1.0f / std::sqrt(static_cast<float>(place.width));
  for (int64_t i = 0; i < factor.numel(); ++i) {
    values[i] = (2 * random_uniform(key, static_cast<uint32_t>(i)) - 1) * bound;
  }
  return factor;
}

at::Tensor factor_of(const AdapterSet& set, const std::string& name,
                     const std::array<int64_t, 2>& shape, const std::string& where) {
  const auto found = set.tensors.find(name);
  if (found == set.tensors.end()) {
    throw Error(ErrorKind::kModel, where + ": the adapter tensor " + name + " is missing");
  }
  const at::Tensor& tensor = found->second;
  if (tensor.sizes() != at::IntArrayRef(shape)) {
    const auto text = [](at::IntArrayRef sizes) {
      std::string joined;
      for (const int64_t size : sizes)
        joined += (joined.empty() ? "" : ", ") + std::to_string(size);
      return "[" + joined + "]";
    };
    throw Error(ErrorKind::kModel, where + ": the adapter tensor " + name + " has shape " +
                                       text(tensor.sizes()) + ", the model asks for " +
                                       text(shape));
  }
  return tensor.to(at::kFloat).contiguous();
}

}  // namespace

std::vector<std::string> adapter_targets(const ModelConfig& config) {
  std::vector<std::string> targets;
  for (const AdapterPlace& place : adapter_places(config)) {
    if (place.layer == 0) targets.push_back(place.target);
  }
  return targets;
}

void add_adapters(Decoder& decoder, const AdapterOptions& options, uint64_t seed) {
  check(decoder.config, options);
  const double scale = options.alpha / static_cast<double>(options.rank);
  uint64_t number = 0;
  for (const AdapterPlace& place : adapter_places(decoder.config)) {
    const uint64_t key = derived_key(seed, number++);
    if (!chosen(options.targets, place.target) || !chosen(options.layers, place.layer)) continue;
    if (options.rank > std::min(place.width, place.rows)) {
      throw Error(ErrorKind::kUsage, "a rank of " + std::to_string(options.rank) +
                                         " is more than " + place.name + " can have, which is " +
                                         std::to_string(place.rows) + " by " +
                                         std::to_string(place.width));
    }
    projection_at(decoder, place)
        .adapters.push_back({initial_factor(place, options.rank, key),
                             at::zeros({place.rows, options.rank}), place.first_row, scale});
  }
}

void attach_adapters(Decoder& decoder, const AdapterSet& set, const std::string& where) {
  if (set.rank < 1) return;
  const double scale = set.alpha / static_cast<double>(set.rank);
  std::set<std::string> used;
  for (const AdapterPlace& place : adapter_places(decoder.config)) {
    const std::string a = place.name + kFactorA, b = place.name + kFactorB;
    if (!set.tensors.contains(a) && !set.tensors.contains(b)) continue;
    projection_at(decoder, place)
        .adapters.push_back({factor_of(set, a, {set.rank, place.width}, where),
                             factor_of(set, b, {place.rows, set.rank}, where), place.first_row,
                             scale});
    used.insert({a, b});
  }
  for (const auto& [name, tensor] : set.tensors) {
    if (used.contains(name)) continue;
    throw Error(ErrorKind::kModel,
                where + ": the adapter tensor " + name + " belongs to no projection of the model");
  }
}

AdapterSet adapter_set(const Decoder& decoder) {
  AdapterSet set;
  Decoder views = decoder;  // shares the weights
  for (const AdapterPlace& place : adapter_places(decoder.config)) {
    for (const LowRank& adapter : projection_at(views, place).adapters) {
      if (adapter.first_row != place.first_row) continue;
      set.rank = adapter.a.size(0);
      set.alpha = adapter.scale * static_cast<double>(set.rank);
      set.tensors[place.name + kFactorA] = adapter.a.detach();
      set.tensors[place.name + kFactorB] = adapter.b.detach();
    }
  }
  return set;
}

void merge_adapters(Decoder& decoder) {
  const at::NoGradGuard no_gradient;
  for (LayerWeights& w : decoder.layers) {
    for (Projection* projection : {&w.qkv, &w.output, &w.gate_up, &w.down}) {
      if (projection->adapters.empty()) continue;
      auto sum = projection->weight.to(at::kFloat, /*non_blocking=*/false, /*copy=*/true);
      for (const LowRank& adapter : projection->adapters) {
        sum.narrow(0, adapter.first_row, adapter.b.size(0))
            .addmm_(adapter.b.to(at::kFloat), adapter.a.to(at::kFloat), 1, adapter.scale);
      }
      projection->weight = sum.to(projection->weight.scalar_type());
      projection->tiles = projection->transposed_tiles = at::Tensor();
      projection->adapters.clear();
    }
  }
}

Model merged(Model model) {
  if (model.adapters.rank < 1) return model;
  Decoder decoder = make_decoder(model.config, model.weights, at::kFloat, model.source);
  attach_adapters(decoder, model.adapters, model.source);
  merge_adapters(decoder);
  model.weights = named_weights(decoder);
  model.adapters = {};
  return model;
}

}  // namespace lingua

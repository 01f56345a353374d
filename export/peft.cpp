#include "export/peft.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <set>

#include "export/atomic_directory.h"
#include "export/model_card.h"
#include "export/provenance.h"
#include "model/adapter_places.h"
#include "model/safetensors.h"
#include "support/atomic_file.h"
#include "support/error.h"
#include "support/mapped_file.h"

namespace lingua {
namespace {

constexpr char kPrefix[] = "base_model.model.";
constexpr char kWeightsFile[] = "/adapter_model.safetensors";
constexpr char kConfigFile[] = "/adapter_config.json";

// The last `count` parts of a module's name: two of "model.layers.0.mlp.up_proj" are "mlp.up_proj".
std::string ending(const std::string& module, int count) {
  std::size_t dot = module.size();
  for (; count > 0 && dot != std::string::npos; --count) dot = module.rfind('.', dot - 1);
  return dot == std::string::npos ? module : module.substr(dot + 1);
}

// PEFT adapts every module whose name ends in a target. So the modules are named by the shortest
// ending that no other projection of the model shares ("q_proj"; GPT-2 has two "c_proj" a layer),
// and in full where only some layers have adapters.
std::set<std::string> target_modules(const Model& model) {
  std::map<std::string, bool> adapted;
  for (const auto& place : adapter_places(model.config)) {
    adapted[place.name] = model.adapters.tensors.contains(place.name + ".lora_A.weight");
  }
  const auto is_target = [&](const std::string& name) {
    return std::all_of(adapted.begin(), adapted.end(), [&](const auto& module) {
      return module.second || !module.first.ends_with("." + name);
    });
  };
  std::set<std::string> targets;
  for (const auto& [module, is_adapted] : adapted) {
    if (!is_adapted) continue;
    std::string name = ending(module, 1);
    if (!is_target(name)) name = ending(module, 2);
    targets.insert(is_target(name) ? name : module);
  }
  return targets;
}

Json adapter_config(const Model& model, const Provenance& provenance) {
  return {{"peft_type", "LORA"},
          {"task_type", "CAUSAL_LM"},
          {"base_model_name_or_path", provenance.base},
          {"r", model.adapters.rank},
          {"lora_alpha", model.adapters.alpha},
          {"lora_dropout", 0.0},
          {"bias", "none"},
          {"target_modules", target_modules(model)},
          {"fan_in_fan_out", model.config.family == Family::kGpt2},
          {"inference_mode", true}};
}

TensorMap named_for_peft(const AdapterSet& adapters) {
  TensorMap named;
  for (const auto& [name, values] : adapters.tensors) {
    named.emplace(kPrefix + name, values.to(at::kFloat));
  }
  return named;
}

}  // namespace

void write_peft_directory(const Model& model, const std::string& output, bool replace,
                          const std::function<void(const std::string& directory)>& check,
                          const std::string& licence) {
  if (model.adapters.rank == 0) {
    throw Error(ErrorKind::kUsage, model.source + " has no adapters to export",
                "train with lingua-align --method lora and keep the adapters apart, or export the "
                "whole model as --format hf");
  }
  const auto provenance = provenance_of(model, licence);
  AtomicDirectory directory(output, replace, "adapter_config.json");
  const std::string& folder = directory.temporary();
  write_safetensors(folder + kWeightsFile, named_for_peft(model.adapters), {{"format", "pt"}});
  write_file_atomically(folder + kConfigFile, adapter_config(model, provenance).dump(2) + "\n",
                        ErrorKind::kModel);
  write_file_atomically(folder + "/README.md", adapter_card(model, provenance), ErrorKind::kModel);
  if (check) check(folder);
  directory.commit();
}

AdapterSet read_peft_adapters(const std::string& directory) {
  const std::string path = directory + kConfigFile;
  const MappedFile file(path, ErrorKind::kModel);
  const Json config = parse_json(file.bytes(), path, ErrorKind::kModel);
  const auto number = [&](const char* name) {
    if (config.is_object() && config.contains(name) && config[name].is_number()) {
      return config[name].get<double>();
    }
    throw Error(ErrorKind::kModel, path + ": \"" + name + "\" must be a number");
  };
  AdapterSet adapters;
  adapters.rank = static_cast<int64_t>(number("r"));
  adapters.alpha = number("lora_alpha");
  for (auto& [name, values] : read_safetensors(directory + kWeightsFile)) {
    if (!name.starts_with(kPrefix)) {
      throw Error(ErrorKind::kModel, directory + ": tensor " + name + " is no adapter of PEFT's");
    }
    adapters.tensors.emplace(name.substr(sizeof kPrefix - 1), values);
  }
  return adapters;
}

}  // namespace lingua

#include "export/peft.h"

#include <ATen/ATen.h>

#include <map>
#include <set>

#include "export/atomic_directory.h"
#include "export/model_card.h"
#include "export/provenance.h"
#include "model/safetensors.h"
#include "support/atomic_file.h"
#include "support/error.h"
#include "support/mapped_file.h"

namespace lingua {
namespace {

constexpr char kPrefix[] = "base_model.model.";
constexpr char kWeightsFile[] = "/adapter_model.safetensors";
constexpr char kConfigFile[] = "/adapter_config.json";

// The module that an adapter belongs to: "model.layers.0.self_attn.q_proj".
std::string module_of(const std::string& tensor) { return tensor.substr(0, tensor.find(".lora_")); }

// Modules by what they are called in every layer: "self_attn.q_proj" is "q_proj" to PEFT. Where
// only some layers have one, the modules are named in full.
std::vector<std::string> target_modules(const Model& model) {
  std::map<std::string, std::set<std::string>> by_name;
  for (const auto& [tensor, values] : model.adapters.tensors) {
    const std::string module = module_of(tensor);
    by_name[module.substr(module.rfind('.') + 1)].insert(module);
  }
  std::vector<std::string> targets;
  for (const auto& [name, modules] : by_name) {
    const bool everywhere =
        static_cast<int64_t>(modules.size()) % model.config.num_hidden_layers == 0;
    if (everywhere) {
      targets.push_back(name);
    } else {
      targets.insert(targets.end(), modules.begin(), modules.end());
    }
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

#include <filesystem>
#include <set>

#include "model/hf_tokenizer.h"
#include "model/loader.h"
#include "model/report_names.h"
#include "model/safetensors.h"
#include "support/error.h"
#include "support/mapped_file.h"

namespace lingua {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& path, const std::string& message,
                       const std::string& hint = "") {
  throw Error(ErrorKind::kModel, path + ": " + message, hint);
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

std::string read_text(const std::string& path) {
  return std::string(MappedFile(path, ErrorKind::kModel).bytes());
}

Json read_json(const std::string& path) {
  const MappedFile file(path, ErrorKind::kModel);
  return parse_json(file.bytes(), path, ErrorKind::kModel);
}

// tokenizer_config.json holds one template, or a list of named ones; newer exports keep it in a
// file of its own.
std::string read_chat_template(const std::string& directory) {
  if (const auto path = directory + "/chat_template.jinja"; exists(path)) return read_text(path);
  const auto path = directory + "/tokenizer_config.json";
  if (!exists(path)) return "";
  const Json json = read_json(path);
  if (!json.is_object() || !json.contains("chat_template")) return "";
  const Json& found = json["chat_template"];
  if (found.is_string()) return found.get<std::string>();
  if (!found.is_array()) return "";
  for (const Json& named : found) {
    if (named.is_object() && named.value("name", Json()) == "default" &&
        named.value("template", Json()).is_string()) {
      return named["template"].get<std::string>();
    }
  }
  return "";
}

// The files that an index names, in order.
std::set<std::string> shard_names(const std::string& index, const Json& json) {
  if (!json.is_object() || !json.contains("weight_map") || !json["weight_map"].is_object() ||
      json["weight_map"].empty()) {
    fail(index, "weight_map is missing or empty");
  }
  std::set<std::string> names;
  for (const auto& [tensor, file] : json["weight_map"].items()) {
    const std::string name = file.is_string() ? file.get<std::string>() : "";
    if (name.empty() || name.find('/') != std::string::npos || !name.ends_with(".safetensors")) {
      fail(index, "tensor " + tensor + " is said to lie in " + dump_json(file) +
                      ", which is not the name of a safetensors file beside the index");
    }
    names.insert(name);
  }
  return names;
}

TensorMap read_shards(const std::string& directory, const std::string& index) {
  const Json json = read_json(index);
  TensorMap weights;
  for (const auto& name : shard_names(index, json)) {
    const std::string path = directory + "/" + name;
    if (!exists(path)) fail(index, "the file " + path + " that it names is missing");
    for (auto& [tensor, values] : read_safetensors(path)) {
      if (!weights.emplace(tensor, values).second) {
        fail(path, "tensor " + tensor + " is in another shard too");
      }
    }
  }
  for (const auto& [tensor, file] : json["weight_map"].items()) {
    if (!weights.contains(tensor)) fail(index, "tensor " + tensor + " is in none of its files");
  }
  return weights;
}

[[noreturn]] void report_missing_weights(const std::string& directory) {
  for (const auto& entry : fs::directory_iterator(directory)) {
    const auto extension = entry.path().extension();
    if (extension == ".bin" || extension == ".pt" || extension == ".pth") {
      fail(directory,
           "its weights are in pickle files (" + entry.path().filename().string() +
               "), which are not executed",
           "save the model again as safetensors: save_pretrained(..., safe_serialization=True)");
    }
  }
  fail(directory, "neither model.safetensors nor model.safetensors.index.json is there",
       "give a directory that save_pretrained() of Hugging Face transformers wrote");
}

// GPT-2's first files name the weights of the model without its head: "wte.weight".
TensorMap with_prefix(TensorMap weights) {
  const std::string prefix = "transformer.";
  if (!weights.contains("wte.weight")) return weights;
  TensorMap renamed;
  for (auto& [name, tensor] : weights) {
    renamed.emplace(name.starts_with("lm_head.") ? name : prefix + name, std::move(tensor));
  }
  return renamed;
}

TensorMap read_weights(const std::string& directory, const ModelConfig& config) {
  const std::string single = directory + "/model.safetensors";
  const std::string index = single + ".index.json";
  TensorMap weights;
  if (exists(single)) {
    weights = read_safetensors(single);
  } else if (exists(index)) {
    weights = read_shards(directory, index);
  } else {
    report_missing_weights(directory);
  }
  if (config.family == Family::kGpt2) weights = with_prefix(std::move(weights));
  // What transformers ignores too: a copy of the tied head, and rotary tables and attention masks
  // of old exports.
  if (config.tie_word_embeddings) weights.erase("lm_head.weight");
  std::erase_if(weights, [](const auto& named) {
    const std::string& name = named.first;
    return name.ends_with(".rotary_emb.inv_freq") || name.ends_with(".attn.bias") ||
           name.ends_with(".attn.masked_bias");
  });
  return weights;
}

}  // namespace

Model load_hf_model(const std::string& directory) {
  const std::string path = directory + "/config.json";
  if (!exists(path)) {
    fail(directory, "config.json is missing: not a Hugging Face directory",
         "give a directory that save_pretrained() of Hugging Face transformers wrote");
  }
  Model model;
  model.config = config_from_json(read_json(path), path);
  model.config.chat_template = read_chat_template(directory);
  model.weights = read_weights(directory, model.config);
  model.tokenizer = load_hf_tokenizer(directory);
  if (const auto report = directory + "/" + kReportFile; exists(report)) {
    model.report = read_json(report);
  }
  model.source = directory;
  return model;
}

}  // namespace lingua

#include "model/loader.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "support/error.h"

namespace lingua {
namespace {

namespace fs = std::filesystem;

// Names of the models that set-up has put in place, for the hint of an unknown one.
std::string known_names() {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(models_folder(), ignored)) {
    if (entry.path().extension() == ".gguf") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string resolve(const std::string& spec) {
  if (spec.empty()) throw Error(ErrorKind::kModel, "the name of the model is empty");
  std::error_code ignored;
  if (fs::exists(spec, ignored)) return spec;
  if (spec.find('/') == std::string::npos) {
    const std::string named = models_folder() + "/" + spec + ".gguf";
    if (fs::exists(named, ignored)) return named;
  }
  const std::string names = known_names();
  throw Error(ErrorKind::kModel, "no model " + spec + ": neither a path nor a known name",
              names.empty()
                  ? "run scripts/setup, which puts smollm2-135m-instruct into " + models_folder()
                  : "known names: " + names);
}

std::string first_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorKind::kModel, "cannot open " + path);
  std::string bytes(4, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

[[noreturn]] void refuse(const std::string& path, const std::string& bytes) {
  constexpr char kPickle = '\x80';  // the opcode PROTO, with which every pickle of today begins
  const auto extension = fs::path(path).extension().string();
  if (extension == ".safetensors") {
    throw Error(ErrorKind::kModel, path + " holds weights alone, without config and tokenizer",
                "give the directory that it lies in");
  }
  if (bytes.starts_with(kPickle) || extension == ".pt" || extension == ".pth" ||
      extension == ".bin") {
    throw Error(ErrorKind::kModel, path + " is not an aligned.pt; pickle files are not executed",
                "export the model to safetensors and give its directory");
  }
  throw Error(ErrorKind::kModel, path + " is not a model file that lingua knows",
              "give an aligned.pt, a Hugging Face directory, a GGUF file or a name");
}

Model read_model(const std::string& path) {
  if (fs::is_directory(path)) return load_hf_model(path);
  const std::string bytes = first_bytes(path);
  if (bytes == "GGUF") return load_gguf_model(path);
  if (bytes == "PK\x03\x04") return load_aligned_model(path);
  refuse(path, bytes);
}

}  // namespace

std::string models_folder() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  if (const auto cache = variable("LINGUA_CACHE"); !cache.empty()) return cache + "/models";
  if (const auto cache = variable("XDG_CACHE_HOME"); !cache.empty()) {
    return cache + "/lingua/models";
  }
  return variable("HOME") + "/.cache/lingua/models";
}

Model load_model(const std::string& spec) {
  Model model = read_model(resolve(spec));
  // Ids beyond the embedding's rows would read outside of it.
  if (model.tokenizer->vocab_size() > model.config.vocab_size) {
    throw Error(ErrorKind::kModel,
                model.source + ": the tokenizer has " +
                    std::to_string(model.tokenizer->vocab_size()) + " tokens, the embedding only " +
                    std::to_string(model.config.vocab_size) + " rows",
                "use the tokenizer that the model was trained with");
  }
  return model;
}

}  // namespace lingua

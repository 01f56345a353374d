#include "model/model_path.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "model/loader.h"
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

}  // namespace

std::string find_model(const std::string& spec) {
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

}  // namespace lingua

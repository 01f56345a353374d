#include "export/provenance.h"

#include <filesystem>

#include "support/text.h"

namespace lingua {
namespace {

// A field of the report, nested by names; null where it is absent.
Json at_path(const Json& report, std::initializer_list<const char*> names) {
  Json value = report;
  for (const char* name : names) {
    if (!value.is_object() || !value.contains(name)) return nullptr;
    value = Json(value[name]);
  }
  return value;
}

std::string text_of(const Json& value) {
  return value.is_string() ? printable(value.get<std::string>()) : "";
}

// The licences of the base models whose names we know.
std::string licence_of(const std::string& base) {
  for (const char* name : {"smollm2", "SmolLM2", "TinyLlama", "tinyllama"}) {
    if (base.find(name) != std::string::npos) return "apache-2.0";
  }
  return "";
}

// "model" for "folder/model.gguf"; a directory's name may have a dot in it ("Qwen2.5-0.5B").
std::string name_of(const std::string& path) {
  const auto name = std::filesystem::path(path).filename();
  const auto extension = name.extension();
  const bool is_file = extension == ".gguf" || extension == ".pt";
  return (is_file ? name.stem() : name).string();
}

void read_gain(const Json& report, Provenance& provenance) {
  const auto before = at_path(report, {"held_out", "bits_per_byte_before"});
  const auto after = at_path(report, {"held_out", "bits_per_byte_after"});
  if (!before.is_number() || !after.is_number()) return;
  provenance.has_gain = true;
  provenance.bits_before = before.get<double>();
  provenance.bits_after = after.get<double>();
  const auto samples = at_path(report, {"held_out", "samples"});
  if (samples.is_number_integer()) provenance.samples = samples.get<int64_t>();
}

}  // namespace

Provenance provenance_of(const Model& model, const std::string& licence) {
  Provenance provenance;
  const auto base = text_of(at_path(model.report, {"base"}));
  provenance.base = name_of(base.empty() ? model.source : base);
  provenance.is_aligned = model.report.is_object();
  provenance.licence = licence.empty() ? licence_of(provenance.base) : licence;
  for (const auto& file : at_path(model.report, {"data", "files"})) {
    const auto path = text_of(at_path(file, {"path"}));
    if (path.empty()) continue;
    provenance.files.push_back(
        {std::filesystem::path(path).filename().string(), text_of(at_path(file, {"sha256"}))});
  }
  provenance.chat_template = text_of(at_path(model.report, {"template", "name"}));
  read_gain(model.report, provenance);
  return provenance;
}

}  // namespace lingua

#include "export/model_card.h"

#include <cstdio>
#include <filesystem>

#include "support/text.h"

namespace lingua {
namespace {

// The licences of the base models whose names we know.
std::string licence_of(const std::string& base) {
  return base.find("smollm2") != std::string::npos ? "apache-2.0" : "";
}

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
  return value.is_string() ? printable(value.get<std::string>()) : printable(dump_json(value));
}

std::string data_lines(const Json& report) {
  std::string text;
  for (const auto& file : at_path(report, {"data", "files"})) {
    const auto path = at_path(file, {"path"}), hash = at_path(file, {"sha256"});
    if (!path.is_string()) continue;
    text += "- `" + std::filesystem::path(text_of(path)).filename().string() + "`";
    if (hash.is_string()) text += ", SHA-256 `" + text_of(hash) + "`";
    text += "\n";
  }
  return text;
}

std::string gain_text(const Json& report) {
  const auto before = at_path(report, {"held_out", "bits_per_byte_before"});
  const auto after = at_path(report, {"held_out", "bits_per_byte_after"});
  if (!before.is_number() || !after.is_number()) return "";
  const auto samples = at_path(report, {"held_out", "samples"});
  char line[160];
  std::snprintf(line, sizeof line, "%.4f bits per byte before alignment, %.4f after (%+.1f %%)",
                before.get<double>(), after.get<double>(),
                100 * (after.get<double>() / before.get<double>() - 1));
  return "\nTarget text held out (" + text_of(samples) + " samples): " + line + ".\n";
}

std::string alignment_text(const Json& report) {
  const auto files = data_lines(report);
  if (files.empty()) return "";
  std::string text =
      "\n## Alignment\nTuned on answers of a target LLM, so that its surprise at a text becomes "
      "that "
      "LLM's (distribution alignment, LLMLingua, arXiv 2310.05736, section 4.3). Trained on:\n\n" +
      files;
  const auto chat = at_path(report, {"template", "name"});
  if (chat.is_string())
    text += "\nConversations were written out in the template `" + text_of(chat) + "`.\n";
  return text + gain_text(report);
}

// Python that opens the directory. transformers rebuilds a SentencePiece model in its own way,
// which fits the models of Llama only; the library of that name reads any.
std::string usage(const Model& model) {
  const std::string load_model = "model = AutoModelForCausalLM.from_pretrained(\".\")\n";
  if (model.tokenizer->file_name() == "tokenizer.json") {
    return "from transformers import AutoModelForCausalLM, AutoTokenizer\n" + load_model +
           "tokenizer = AutoTokenizer.from_pretrained(\".\")\n";
  }
  return "from sentencepiece import SentencePieceProcessor\n"
         "from transformers import AutoModelForCausalLM\n" +
         load_model + "tokenizer = SentencePieceProcessor(model_file=\"tokenizer.model\")\n";
}

}  // namespace

std::string model_card(const Model& model, const std::string& dtype) {
  const auto reported = at_path(model.report, {"base"});
  const std::string base =
      std::filesystem::path(reported.is_string() ? text_of(reported) : model.source)
          .stem()
          .string();
  const std::string licence = licence_of(base);
  std::string text = "---\nlibrary_name: transformers\npipeline_tag: text-generation\n";
  if (!licence.empty()) text += "license: " + licence + "\n";
  text += "---\n# " + base + (model.report.is_null() ? "" : ", aligned") +
          "\nA decoder of the Llama layout, " + std::to_string(model.config.num_hidden_layers) +
          " layers, " + std::to_string(model.config.hidden_size) + " wide, weights in " + dtype +
          ". Base: `" + base + "`. Written by lingua.\n" + alignment_text(model.report);
  text += "\n## Use\n```python\n" + usage(model) +
          "```\n`lingua-compress --model DIRECTORY` takes the directory too.\n\n## Licence\n";
  text += licence.empty() ? "That of the base model, which is not recorded here.\n"
                          : "That of the base model: " + licence + ".\n";
  return text;
}

}  // namespace lingua

#include "export/model_card.h"

#include <cstdio>

#include "model/family.h"

namespace lingua {
namespace {

std::string front_matter(const Provenance& provenance, const std::string& library) {
  std::string text = "---\nlibrary_name: " + library + "\npipeline_tag: text-generation\n";
  if (!provenance.licence.empty()) text += "license: " + provenance.licence + "\n";
  return text + "---\n# " + provenance.base + (provenance.is_aligned ? ", aligned" : "") + "\n";
}

std::string data_lines(const Provenance& provenance) {
  std::string text;
  for (const auto& file : provenance.files) {
    text += "- `" + file.name + "`";
    if (!file.sha256.empty()) text += ", SHA-256 `" + file.sha256 + "`";
    text += "\n";
  }
  return text;
}

std::string gain_text(const Provenance& provenance) {
  if (!provenance.has_gain) return "";
  char line[160];
  std::snprintf(line, sizeof line, "%.4f bits per byte before alignment, %.4f after (%+.1f %%)",
                provenance.bits_before, provenance.bits_after, provenance.gain_percent());
  return "\nTarget text held out (" + std::to_string(provenance.samples) + " samples): " + line +
         ".\n";
}

std::string alignment_text(const Provenance& provenance) {
  if (provenance.files.empty()) return "";
  std::string text =
      "\n## Alignment\nTuned on answers of a target LLM, so that its surprise at a text becomes "
      "that LLM's (distribution alignment, LLMLingua, arXiv 2310.05736, section 4.3). Trained on:"
      "\n\n" +
      data_lines(provenance);
  if (!provenance.chat_template.empty()) {
    text +=
        "\nConversations were written out in the template `" + provenance.chat_template + "`.\n";
  }
  return text + gain_text(provenance);
}

std::string licence_text(const Provenance& provenance) {
  return "\n## Licence\n" + (provenance.licence.empty()
                                 ? "That of the base model, which is not recorded here.\n"
                                 : "That of the base model: " + provenance.licence + ".\n");
}

}  // namespace

std::string model_card(const Model& model, const Provenance& provenance, const std::string& dtype) {
  const ModelConfig& config = model.config;
  return front_matter(provenance, "transformers") + "A decoder (" +
         family_names(config.family).architecture + "), " +
         std::to_string(config.num_hidden_layers) + " layers, " +
         std::to_string(config.hidden_size) + " wide, weights in " + dtype + ". Base: `" +
         provenance.base + "`. Written by lingua.\n" + alignment_text(provenance) +
         "\n## Use\n```python\n"
         "from transformers import AutoModelForCausalLM, AutoTokenizer\n"
         "model = AutoModelForCausalLM.from_pretrained(\".\")\n"
         "tokenizer = AutoTokenizer.from_pretrained(\".\")\n"
         "```\n`lingua-compress --model DIRECTORY` takes the directory too.\n" +
         licence_text(provenance);
}

std::string adapter_card(const Model& model, const Provenance& provenance) {
  return front_matter(provenance, "peft") + "Low-rank adapters of rank " +
         std::to_string(model.adapters.rank) + " for `" + provenance.base +
         "`. Written by lingua.\n" + alignment_text(provenance) +
         "\n## Use\nWith the base model as a Hugging Face directory:\n```python\n"
         "from peft import PeftModel\n"
         "from transformers import AutoModelForCausalLM\n"
         "model = AutoModelForCausalLM.from_pretrained(\"BASE\")\n"
         "model = PeftModel.from_pretrained(model, \".\")\n```\n" +
         licence_text(provenance);
}

}  // namespace lingua

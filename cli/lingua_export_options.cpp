#include "cli/lingua_export_options.h"

#include "cli/model_options.h"

namespace lingua {

void declare_export_options(OptionTable& table, ExportCommand& command) {
  auto& options = command.options;
  add_model_option(table, &options.model);
  table.add("from", "auto|hf|gguf|pt",
            "what the model must be; anything but auto also makes pt the default format",
            &options.from);
  table.add("format", "hf|gguf|peft|pt",
            "hf (the default): a Hugging Face directory with safetensors; gguf: a file for "
            "llama.cpp; peft: adapters that were kept apart; pt: an aligned.pt",
            &options.format);
  table.add("output", "PATH", "the directory or file to write", &options.output);
  table.add("dtype", "keep|fp32|bf16|fp16|q8_0|q4_0",
            "type of the weights, the last two in gguf only; keep: as in the model's file",
            &options.dtype);
  table.add("licence", "ID",
            "SPDX identifier to record; without it what is known of the base model",
            &options.licence);
  table.add_switch("verify",
                   "read it back and compare token ids and logits with the source before it gets "
                   "its name",
                   &options.verify);
  table.add_switch("force", "replace a model that is there", &options.force);
  table.add_switch("json", "print the result as JSON", &command.json);
}

}  // namespace lingua

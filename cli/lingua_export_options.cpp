#include "cli/lingua_export_options.h"

#include "cli/model_options.h"

namespace lingua {

void declare_export_options(OptionTable& table, ExportCommand& command) {
  auto& options = command.options;
  add_model_option(table, &options.model);
  table.add("format", "FORMAT", "hf: a Hugging Face directory with safetensors", &options.format);
  table.add("output", "DIR", "the directory to write", &options.output);
  table.add("dtype", "keep|fp32|bf16|fp16", "type of the weights; keep: as in the model's file",
            &options.dtype);
  table.add_switch("verify",
                   "read it back and compare logits with the source before it gets its name",
                   &options.verify);
  table.add_switch("force", "replace a model directory that is there", &options.force);
  table.add_switch("json", "print the result as JSON", &command.json);
}

}  // namespace lingua

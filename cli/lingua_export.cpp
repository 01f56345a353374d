#include "cli/command.h"
#include "cli/lingua_export_options.h"
#include "export/exporter.h"
#include "support/json.h"

namespace lingua {
namespace {

Json to_json(const Difference& difference) {
  return {{"tokens", difference.tokens},
          {"max_logit_difference", difference.max_logit},
          {"max_loss_difference", difference.max_loss},
          {"greedy_agreement", difference.greedy_agreement},
          {"tolerance", difference.tolerance}};
}

std::string to_text(const Difference& difference) {
  char text[200];
  std::snprintf(
      text, sizeof text,
      "verified: %zu tokens, logits differ by at most %.2g (allowed %.2g), losses by %.2g "
      "nats, same likeliest token at %.1f %%\n",
      difference.tokens, difference.max_logit, difference.tolerance, difference.max_loss,
      100 * difference.greedy_agreement);
  return text;
}

// What the format is called in a sentence.
std::string format_text(const std::string& format) {
  if (format == "gguf") return "GGUF file";
  if (format == "peft") return "PEFT adapters";
  return format == "pt" ? "aligned.pt" : "Hugging Face directory";
}

int run(const ExportCommand& command) {
  const auto& options = command.options;
  const ExportResult result = export_model(options);
  if (command.json) {
    Json json = {{"output", options.output}, {"format", result.format}, {"dtype", result.dtype}};
    if (result.verified) json["verify"] = to_json(*result.verified);
    write_result(dump_json(json) + "\n");
  } else {
    write_result(options.output + ": " + format_text(result.format) + ", weights in " +
                 result.dtype + "\n");
    if (result.verified) write_result(to_text(*result.verified));
  }
  return 0;
}

}  // namespace
}  // namespace lingua

int main(int argc, char** argv) {
  lingua::ExportCommand command;
  return lingua::run_command(
      argc, argv,
      {.name = "lingua-export",
       .summary = "writes a model in a format that other programs open",
       .usage = "lingua-export --model MODEL --format hf|gguf|peft|pt --output PATH",
       .example =
           "lingua-export --model aligned.pt --format hf --output aligned_hf --verify\n"
           "lingua-export --model aligned.pt --format gguf --dtype q8_0 --output aligned.gguf\n"
           "lingua-export --model lora.pt --format peft --output adapter\n"
           "lingua-export --model model.gguf --from gguf --output model.pt",
       .declare = [&](lingua::OptionTable& table) { declare_export_options(table, command); },
       .validate = [&] { validate(command.options); },
       .run = [&](const lingua::CommonOptions&) { return lingua::run(command); }});
}

#include "cli/command.h"
#include "cli/lingua_export_options.h"
#include "export/hf_writer.h"
#include "export/verify.h"
#include "export/weights.h"
#include "support/json.h"
#include "support/log.h"

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

int export_model(const ExportCommand& command) {
  const auto& options = command.options;
  const Model source = load_model(options.model);
  Model written = source;
  written.weights = convert_weights(source.weights, options.dtype);
  const std::string dtype = weights_dtype(written.weights);
  Difference difference;
  write_hf_directory(written, options.output, options.force, [&](const std::string& directory) {
    if (!options.verify) return;
    log_info("comparing with " + source.source);
    difference = verify_export(source, directory, dtype);
  });
  if (command.json) {
    Json result = {{"output", options.output}, {"format", options.format}, {"dtype", dtype}};
    if (options.verify) result["verify"] = to_json(difference);
    write_result(dump_json(result) + "\n");
  } else {
    write_result(options.output + ": Hugging Face directory, weights in " + dtype + "\n");
    if (options.verify) write_result(to_text(difference));
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
       .usage = "lingua-export --model MODEL --format hf --output DIR",
       .example = "lingua-export --model aligned.pt --format hf --output aligned_hf --verify",
       .declare = [&](lingua::OptionTable& table) { declare_export_options(table, command); },
       .validate = [&] { validate(command.options); },
       .run = [&](const lingua::CommonOptions&) { return lingua::export_model(command); }});
}

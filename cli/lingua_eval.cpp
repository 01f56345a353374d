#include "cli/command.h"
#include "cli/lingua_eval_options.h"
#include "cli/model_template.h"
#include "data/reader.h"
#include "eval/evaluate.h"
#include "model/dtype.h"

namespace lingua {
namespace {

int run_eval(const EvalOptions& options) {
  const auto examples = read_examples(options.data).examples;
  std::string dtype = options.dtype;
  const auto losses_of = [&](const std::string& spec) {
    const auto model = load_runnable(spec, dtype);
    dtype = dtype_name(model.decoder->dtype());  // auto decides once: both models round alike
    return answer_losses({model.decoder, model.tokenizer, template_of(model)}, examples,
                         options.samples, spec);
  };
  const auto aligned = losses_of(options.model);
  const bool has_base = !options.base.empty();
  const auto base = has_base ? losses_of(options.base) : std::vector<TargetLoss>{};
  const auto rows = gain_table(pair_losses(examples, base, aligned), options.gain);
  write_result(options.json ? dump_json(to_json(rows, has_base)) + "\n" : to_text(rows, has_base));
  return 0;
}

}  // namespace
}  // namespace lingua

int main(int argc, char** argv) {
  lingua::EvalOptions options;
  return lingua::run_command(
      argc, argv,
      {.name = "lingua-eval",
       .summary = "measures bits per byte of held-out target outputs, and what alignment gained",
       .usage = "lingua-eval --model MODEL [--base MODEL] --data FILE...",
       .example = "lingua-eval --model aligned.pt --base smollm2-135m-instruct --data "
                  "heldout.jsonl\nlingua-eval --model smollm2-135m-instruct heldout.jsonl --json",
       .declare = [&](lingua::OptionTable& table) { declare_eval_options(table, options); },
       .validate = [&] { validate(options); },
       .run = [&](const lingua::CommonOptions&) { return lingua::run_eval(options); }});
}

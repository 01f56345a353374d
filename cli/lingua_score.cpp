#include "cli/command.h"
#include "cli/lingua_score_lines.h"
#include "cli/lingua_score_options.h"
#include "cli/lingua_score_text.h"
#include "support/text.h"

namespace lingua {
namespace {

void print_text_loss(const std::string& name, const TextLoss& loss, bool json) {
  if (json) {
    write_result(dump_json(Json{{"file", name},
                                {"tokens", loss.tokens},
                                {"bytes", loss.bytes},
                                {"nats", loss.nats},
                                {"perplexity", loss.perplexity()},
                                {"bits_per_byte", loss.bits_per_byte()}}) +
                 "\n");
    return;
  }
  char figures[80];
  std::snprintf(figures, sizeof(figures), " tokens, perplexity %.4f, %.4f bits per byte\n",
                loss.perplexity(), loss.bits_per_byte());
  write_result(name + ": " + format_count(static_cast<int64_t>(loss.tokens)) + figures);
}

int score(const ScoreOptions& options) {
  const auto model = load_runnable(options.model, options.dtype, options.device);
  auto paths = options.inputs;
  if (paths.empty()) paths.push_back("-");
  for (const auto& path : paths) {
    Input input(path);
    if (options.text) {
      print_text_loss(input.name(), score_text(input.rest(), input.name(), model), options.json);
    } else if (score_lines(input, model) == 0) {
      throw Error(ErrorKind::kData, input.name() + ": no lines to score",
                  "write one {\"text\": \"...\"} a line");
    }
  }
  return 0;
}

}  // namespace
}  // namespace lingua

int main(int argc, char** argv) {
  lingua::ScoreOptions options;
  return lingua::run_command(
      argc, argv,
      {.name = "lingua-score",
       .summary = "gives a model's surprise at each token of a text, in nats",
       .usage = "lingua-score --model MODEL [--text] [FILE...]",
       .example = "echo '{\"text\": \"Hello, world!\"}' | lingua-score --model aligned.pt\n"
                  "lingua-score --model smollm2-135m-instruct --text notes.txt",
       .declare = [&](lingua::OptionTable& table) { declare_score_options(table, options); },
       .validate = [&] { validate(options); },
       .run = [&](const lingua::CommonOptions&) { return lingua::score(options); }});
}

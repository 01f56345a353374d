#include "cli/command.h"
#include "cli/lingua_align_options.h"
#include "support/interrupt.h"

namespace lingua {
namespace {

int run_align(const AlignCommand& command) {
  const AlignResult result =
      align(command.align, [](const std::string& sample) { write_result(sample + "\n\n"); });
  if (command.json || command.align.dry_run) {
    write_result(result.report.dump(command.json ? -1 : 1) + "\n");
  } else {
    write_result(report_text(result.report, command.align.output));
  }
  flush_results();
  if (result.signal != 0) throw Interrupted{result.signal};
  return 0;
}

}  // namespace
}  // namespace lingua

int main(int argc, char** argv) {
  lingua::AlignCommand command;
  return lingua::run_command(
      argc, argv,
      {.name = "lingua-align",
       .summary = "tunes a small language model on a target LLM's outputs (distribution alignment)",
       .usage = "lingua-align --data FILE [--base MODEL] [--output aligned.pt]",
       .example = "lingua-align --data gpt_outputs.jsonl --max-minutes 30\n"
                  "lingua-align --data train.jsonl --eval-data heldout.jsonl --epochs 2 --lr 1e-4",
       .declare = [&](lingua::OptionTable& table) { declare_align_options(table, command); },
       .validate = [&] { finish_align_options(command); },
       .run = [&](const lingua::CommonOptions&) { return lingua::run_align(command); }});
}

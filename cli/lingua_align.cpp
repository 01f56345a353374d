#include "cli/command.h"
#include "cli/lingua_align_options.h"
#include "cli/lingua_align_ranks.h"
#include "model/tensor_memory.h"
#include "support/interrupt.h"
#include "support/log.h"

namespace lingua {
namespace {

int run_align(const AlignCommand& command, const CommonOptions& common, const Launch& launch,
              RankOutput& output) {
  // Samples and forecasts are results for a person; a machine wants the report alone.
  const auto show = [&command](const std::string& text) {
    if (command.json) {
      write_to_stderr(text, false);
    } else {
      write_result(text);
    }
  };
  keep_tensor_memory();
  AlignResult result;
  bool first = true;
  run_as_rank(command.distributed, launch, common, output, [&](Communicator& ranks) {
    result = align(command.align, show, ranks);
    first = ranks.first();
  });
  if (first && command.json) {
    write_result(dump_json(result.report) + "\n");
  } else if (first && !command.align.dry_run) {
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
  const lingua::Launch launch = lingua::launch_of_environment();
  lingua::RankOutput output;
  output.follow(launch.rank);
  return lingua::run_command(
      argc, argv,
      {.name = lingua::name_of_rank("lingua-align", launch.rank),
       .summary = "tunes a small language model on a target LLM's outputs (distribution alignment)",
       .usage = "lingua-align --data FILE [--base MODEL] [--output aligned.pt]",
       .example = "lingua-align --data gpt_outputs.jsonl --max-minutes 30\n"
                  "lingua-align --data train.jsonl --eval-data heldout.jsonl --epochs 2 --lr 1e-4\n"
                  "mpirun -np 4 lingua-align --data train.jsonl --batch-tokens 8192",
       .declare = [&](lingua::OptionTable& table) { declare_align_options(table, command); },
       .validate = [&] { finish_align_options(command); },
       .run =
           [&](const lingua::CommonOptions& common) {
             return lingua::run_align(command, common, launch, output);
           }});
}

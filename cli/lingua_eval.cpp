#include "cli/command.h"
#include "cli/lingua_eval_run.h"

int main(int argc, char** argv) {
  lingua::EvalOptions options;
  return lingua::run_command(
      argc, argv,
      {.name = "lingua-eval",
       .summary = "measures bits per byte of held-out target outputs, and what alignment gained",
       .usage = "lingua-eval --model MODEL [--base MODEL] --data FILE... [--baseline FILE]",
       .example =
           "lingua-eval --model aligned.pt --base smollm2-135m-instruct --data heldout.jsonl\n"
           "lingua-eval --model smollm2-135m-instruct heldout.jsonl --json\n"
           "lingua-eval --model aligned.pt --base smollm2-135m-instruct --data heldout.jsonl "
           "--baseline gains.json",
       .declare = [&](lingua::OptionTable& table) { declare_eval_options(table, options); },
       .validate = [&] { validate(options); },
       .run =
           [&](const lingua::CommonOptions&) {
             if (options.sheet.asked()) {
               lingua::run_sheet(options.sheet, options.gate.gain, options.json);
             } else if (options.end_task.asked()) {
               lingua::run_end_task(options.end_task, options.computing(), options.json);
             } else {
               lingua::run_eval(options);
             }
             return 0;
           }});
}

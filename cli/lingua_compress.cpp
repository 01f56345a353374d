#include "cli/command.h"
#include "cli/lingua_compress_options.h"
#include "cli/lingua_compress_recover.h"
#include "cli/lingua_compress_run.h"

int main(int argc, char** argv) {
  lingua::CompressCommandOptions options;
  return lingua::run_command(
      argc, argv,
      {.name = "lingua-compress",
       .summary = "shortens prompts to a token budget, keeping what a small model finds surprising",
       .usage = "lingua-compress --model MODEL [--rate SHARE] < prompt.txt",
       .example = "lingua-compress --model aligned.pt --rate 0.5 < prompt.txt\n"
                  "lingua-compress --model aligned.pt --target-tokens 500 --input prompts.jsonl\n"
                  "lingua-compress --recover answer.txt --original prompt.txt --compressed "
                  "result.json",
       .declare = [&](lingua::OptionTable& table) { declare_compress_options(table, options); },
       .validate = [&] { validate(options); },
       .run =
           [&](const lingua::CommonOptions&) {
             return options.recover.empty() ? run_compress(options) : run_recover(options);
           }});
}

#include "cli/lingua_align_options.h"

#include "cli/model_options.h"

namespace lingua {
namespace {

void declare_data_options(OptionTable& table, AlignCommand& command) {
  AlignOptions& o = command.align;
  table.section("Data");
  table.add("data", "FILE",
            "target outputs, JSON Lines: {prompt, completion}, {instruction, input, output} or "
            "{messages}; may be repeated",
            &o.data);
  table.take_positional("data");
  table.add("eval-data", "FILE", "files to measure the gain on, instead of a held-out share",
            &o.eval_data);
  table.add("held-out", "SHARE", "share of --data held out by hash of the prompt, 0 to 0.5",
            &o.split.held_out_share);
  table.add("max-length", "TOKENS", "longest sample", &o.samples.max_length);
  table.add_choice("overlong", {"cut", "drop"}, "what happens to longer samples",
                   &command.overlong);
  table.add("max-bad-lines", "N", "unreadable lines that are passed over, with a warning",
            &o.read.max_bad_lines);
  table.add("show-samples", "N", "print the first samples, the tokens with loss marked",
            &o.show_samples);
  table.add_switch("dry-run", "read and check everything, say what training would see, and stop",
                   &o.dry_run);
}

void declare_training_options(OptionTable& table, AlignOptions& o) {
  table.section("Training");
  table.add("epochs", "N", "passes over the data", &o.train.epochs);
  table.add("max-steps", "N", "optimiser steps at the most, 0: no limit", &o.train.max_steps);
  table.add("max-minutes", "MINUTES", "minutes of training at the most, 0: no limit",
            &o.train.max_minutes);
  table.add("batch-tokens", "TOKENS", "tokens of an optimiser step, about",
            &o.train.packing.batch_tokens);
  table.add("micro-batch-tokens", "TOKENS", "tokens of a forward pass at the most; bounds memory",
            &o.train.packing.micro_batch_tokens);
  table.add("lr", "RATE", "highest learning rate", &o.train.learning_rate);
  table.add("warmup", "SHARE", "share of the run over which the rate rises", &o.train.warmup);
  table.add("final-lr", "SHARE", "share of the highest rate at the end of the cosine",
            &o.train.final_rate);
  table.add("weight-decay", "RATE", "decoupled weight decay of matrices", &o.train.weight_decay);
  table.add("clip-norm", "NORM", "longest gradient, 0: no clipping", &o.train.clip_norm);
  table.add("seed", "N", "seed of order, split and new weights", &o.seed);
}

}  // namespace

void declare_align_options(OptionTable& table, AlignCommand& command) {
  AlignOptions& o = command.align;
  table.section("Model");
  table.add("base", "MODEL",
            "an aligned.pt, a Hugging Face directory, a GGUF file, a name, or new:tiny", &o.base);
  table.add("output", "FILE", "where the aligned model goes", &o.output);
  add_dtype_option(table, &o.dtype);
  declare_data_options(table, command);
  declare_training_options(table, o);
  table.section("Output");
  table.add_switch("json", "print the report as JSON", &command.json);
}

void finish_align_options(AlignCommand& command) {
  AlignOptions& o = command.align;
  o.samples.overlong = command.overlong == "drop" ? Overlong::kDrop : Overlong::kCut;
  o.split.seed = o.seed;
  o.train.packing.seed = o.seed;
  validate(o);
}

}  // namespace lingua

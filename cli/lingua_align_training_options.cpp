#include "cli/lingua_align_training_options.h"

#include <set>

#include "support/text.h"

namespace lingua {
namespace {

void declare_lengths(OptionTable& table, AlignOptions& o, AlignTrainingChoices& choices) {
  table.section("Training");
  table.add("epochs", "N", "passes over the data", &o.train.epochs);
  table.add("max-steps", "N", "optimiser steps at the most, 0: no limit", &o.train.max_steps);
  table.add("max-minutes", "MINUTES", "minutes of training at the most, 0: no limit",
            &o.train.max_minutes);
  table.add("batch-tokens", "TOKENS", "tokens of an optimiser step, about",
            &o.train.packing.batch_tokens);
  table.add("micro-batch-tokens", "TOKENS",
            "tokens of a forward pass at the most; bounds memory; 0: 2048, with adapters 4096, in "
            "fp32 half as many",
            &choices.micro_batch_tokens);
  table.add("seed", "N", "seed of order, split and new weights", &o.seed);
  table.add_switch("no-preflight", "do not try the largest step, a measurement and a save first",
                   &o.no_preflight);
}

void declare_rates(OptionTable& table, TrainOptions& o, AlignTrainingChoices& choices) {
  table.add("lr", "RATE", "highest learning rate", &o.learning_rate);
  table.add_choice("schedule", {"cosine", "linear", "constant", "wsd"},
                   "how the rate goes from its highest to its last; wsd stays, then falls",
                   &choices.schedule);
  table.add("warmup", "SHARE", "share of the run over which the rate rises", &o.warmup);
  table.add("decay", "SHARE", "share of the run over which wsd lets the rate fall", &o.decay);
  table.add("final-lr", "SHARE", "share of the highest rate at the end of the schedule",
            &o.final_rate);
  table.add("weight-decay", "RATE", "decoupled weight decay of matrices", &o.weight_decay);
  table.add("clip-norm", "NORM", "longest gradient, 0: no clipping", &o.clip_norm);
  table.add("ema", "DECAY", "measure and save a moving average of the weights, 0: the last ones",
            &o.ema);
}

void declare_guards(OptionTable& table, GuardOptions& o, AlignTrainingChoices& choices) {
  table.section("Guards");
  table.add_choice("non-finite", {"stop", "skip"},
                   "what a step does whose loss or gradient is not finite", &choices.non_finite);
  table.add("max-skips", "N", "broken steps in a row that are left out", &o.most_skips);
  table.add("spike", "DEVIATIONS",
            "leave out gradients this many standard deviations over the mean norm, 0: none",
            &o.spike_deviations);
  table.add("spike-window", "STEPS", "steps that mean and deviation are taken over",
            &o.spike_window);
  table.add("divergence", "FACTOR", "stop when the average loss rises to so many times, 0: never",
            &o.divergence);
}

void declare_evaluation(OptionTable& table, EvaluationOptions& o) {
  table.section("Held-out text during training");
  table.add("eval-steps", "N", "steps between measurements, 0: only before and after", &o.steps);
  table.add("patience", "N", "measurements without gain that end training, 0: never", &o.patience);
  table.add_switch("keep-best", "save the weights with the least held-out bits per byte",
                   &o.keep_best);
}

void declare_checkpoints(OptionTable& table, CheckpointOptions& o) {
  table.section("Checkpoints");
  table.add("checkpoint-dir", "DIR", "folder of this run's checkpoints; made if it is missing",
            &o.folder);
  table.add("checkpoint-steps", "N", "steps between checkpoints, 0: by time alone", &o.steps);
  table.add("checkpoint-minutes", "MINUTES", "minutes between checkpoints, 0: by steps alone",
            &o.minutes);
  table.add("keep-checkpoints", "N", "how many of the last are kept, besides the best", &o.keep);
  table.add_switch("resume", "go on from the newest good checkpoint, exactly", &o.resume);
}

void declare_metrics(OptionTable& table, AlignOptions& o) {
  table.section("Metrics");
  table.add("metrics", "FILE", "write a JSON line for each step and measurement", &o.metrics.file);
  table.add("tensorboard", "DIR", "write the same for TensorBoard", &o.metrics.tensorboard);
  table.add("report", "FILE", "write a page with curves, gains and samples for a browser (HTML)",
            &o.page);
}

}  // namespace

void declare_align_training_options(OptionTable& table, AlignOptions& options,
                                    AlignTrainingChoices& choices) {
  declare_lengths(table, options, choices);
  declare_rates(table, options.train, choices);
  declare_guards(table, options.train.guard, choices);
  declare_evaluation(table, options.evaluation);
  declare_checkpoints(table, options.checkpoints);
  declare_metrics(table, options);
}

void finish_align_training_options(const AlignTrainingChoices& choices, AlignOptions& options) {
  const std::map<std::string, Schedule> schedules = {{"cosine", Schedule::kCosine},
                                                     {"linear", Schedule::kLinear},
                                                     {"constant", Schedule::kConstant},
                                                     {"wsd", Schedule::kWsd}};
  options.usual_micro_batches = choices.micro_batch_tokens == 0;
  options.train.packing.micro_batch_tokens =
      options.usual_micro_batches
          ? usual_micro_batch_tokens(options.train.method, at::kBFloat16)  // at the most
          : choices.micro_batch_tokens;
  options.train.schedule = schedules.at(choices.schedule);
  options.train.guard.non_finite =
      choices.non_finite == "skip" ? NonFinite::kSkip : NonFinite::kStop;
}

std::map<std::string, std::string> deciding_settings(const OptionTable& table) {
  // Data and models are compared by their content, --dtype by the type that it comes to.
  static const std::set<std::string> kFree = {"adapter",
                                              "base",
                                              "checkpoint-dir",
                                              "checkpoint-minutes",
                                              "checkpoint-steps",
                                              "data",
                                              "device",
                                              "dry-run",
                                              "dtype",
                                              "eval-data",
                                              "json",
                                              "keep-checkpoints",
                                              "max-bad-lines",
                                              "metrics",
                                              "mpi",
                                              "no-preflight",
                                              "output",
                                              "rank-timeout",
                                              "report",
                                              "resume",
                                              "show-samples",
                                              "teacher",
                                              "tensorboard"};
  std::map<std::string, std::string> settings;
  for (const Option& option : table.options()) {
    if (!kFree.contains(option.name)) settings["--" + option.name] = join(option.values(), " ");
  }
  return settings;
}

}  // namespace lingua

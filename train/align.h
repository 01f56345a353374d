#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "data/reader.h"
#include "data/sample.h"
#include "data/split.h"
#include "support/json.h"
#include "train/checkpoint_options.h"
#include "train/communicator.h"
#include "train/evaluation_options.h"
#include "train/metrics_options.h"
#include "train/objective_options.h"
#include "train/options.h"

namespace lingua {

// One run of distribution alignment (LLMLingua, arXiv 2310.05736, section 4.3): instruction tuning
// of a base model on a target LLM's own outputs.
struct AlignOptions {
  // JSON Lines files of target outputs. At least one.
  std::vector<std::string> data;
  // Files that the gain is measured on; none: a share of `data` is held out.
  std::vector<std::string> eval_data;
  // A model (see model/loader.h), or new:tiny for a small one made from nothing.
  std::string base = "smollm2-135m-instruct";
  // Layers of the base that the model keeps, see train/distill.h; "": all.
  std::string distill_layers;
  // Where the aligned model goes.
  std::string output = "aligned.pt";
  // fp32, bf16, or auto, which times both, and takes bf16 on a GPU. Master weights are float32 in
  // any case.
  std::string dtype = "auto";
  // cpu, cuda or cuda:N: where to train. A GPU trains alone, without other ranks.
  std::string device = "cpu";
  // Seed of the samples' order, of the split and of a new model's weights.
  uint64_t seed = 1;
  // How conversations become text: auto, or a name out of template_names(). Stored with the model.
  std::string chat_template = "auto";
  // Stands first where a conversation has no system turn; unset: what the template says.
  std::optional<std::string> system;
  // Samples shown with their mask before training. >= 0
  int64_t show_samples = 0;
  // Shows the mask by colour, for a terminal.
  bool colour = false;
  // Trains on the first step's samples again and again: a check that learning works at all.
  bool overfit_one_batch = false;
  // Reads and checks everything, says what training would see, and trains nothing.
  bool dry_run = false;
  ReadOptions read;
  SampleOptions samples;
  SplitOptions split{.held_out_share = 0.1};
  ObjectiveOptions objective;
  TrainOptions train;
  EvaluationOptions evaluation;
  CheckpointOptions checkpoints;
  MetricsOptions metrics;
  // A page about the run for a browser (docs/training.md, "Report"); "": none.
  std::string page;
  // Micro-batches have usual_micro_batch_tokens() once the type is known, and room for the longest
  // sample.
  bool usual_micro_batches = false;
  // Leaves out the largest step, the measurement and the save that are tried before training.
  bool no_preflight = false;
};

// Throws Error(kUsage) naming the first option that cannot be.
void validate(const AlignOptions& options);

// What a run did, for people and as JSON (docs/formats.md, "report"). `signal` is the signal that
// ended training early, or 0; the model was saved in either case, unless it was a dry run.
struct AlignResult {
  Json report;
  int signal = 0;
};

// Reads, trains, measures, saves. Throws Error of any kind; on a throw nothing is left at
// options.output. Samples to show go to `show`. With several ranks all call this with the same
// options and files; the first one alone writes, and its result alone has a report.
AlignResult align(const AlignOptions& options, const std::function<void(const std::string&)>& show,
                  Communicator& ranks = no_others());

// The report as a few lines for a person.
std::string report_text(const Json& report, const std::string& output);

}  // namespace lingua

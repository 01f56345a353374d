#include "train/align.h"

#include <filesystem>
#include <memory>
#include <optional>

#include "lingua_version.h"
#include "model/device.h"
#include "model/dtype.h"
#include "model/tile_linear.h"
#include "support/atomic_file.h"
#include "support/log.h"
#include "train/align_data.h"
#include "train/align_objective.h"
#include "train/align_report.h"
#include "train/distributed_agreement.h"
#include "train/dry_run.h"
#include "train/method.h"
#include "train/new_model.h"
#include "train/run_identity.h"
#include "train/training_run.h"

namespace lingua {
namespace {

// Below this a fp32 GEMM runs without a tuned BLAS, a hundred times slower than it could.
constexpr double kSlowGemm = 4.0;  // 10^9 operations a second

// `asked`: as --dtype takes it. All ranks take what the first one finds best.
at::ScalarType pick_dtype(const std::string& asked, const at::Device& device,
                          const ModelConfig& config, Communicator& ranks, Json& report) {
  report["device"] = device.str();
  if (!device.is_cpu()) {
    const auto dtype = choose_dtype(asked == "auto" ? "bf16" : asked, {});
    report["dtype"] = dtype_name(dtype);
    return dtype;
  }
  const GemmRates rates = measure_gemm(config.hidden_size);
  if (rates.fp32 < kSlowGemm) {
    log_warning("matrix products reach " + std::to_string(rates.fp32) +
                " GF/s only: libtorch seems to lack a tuned BLAS (Debian: libopenblas0-pthread)");
  }
  const bool bf16 = ranks.of_first(choose_dtype(asked, rates) == at::kBFloat16 ? 1 : 0) != 0;
  const auto dtype = bf16 ? at::kBFloat16 : at::kFloat;
  report["dtype"] = dtype_name(dtype);
  report["gemm_gflops"] = {{"fp32", rates.fp32}, {"bf16", rates.bf16}};
  return dtype;
}

// Ranks exchange what lies in the processor's memory. The first one tells what is wrong.
at::Device device_of(const AlignOptions& options, Communicator& ranks) {
  on_all_ranks(ranks, [&] {
    if (ranks.alone() || !ranks.first() || options.device == "cpu") return;
    throw Error(ErrorKind::kUsage, "--device " + options.device + " is for one process",
                "leave it out, or train without mpirun");
  });
  return choose_device(options.device);
}

// Every rank lends its part of the weights, the first one writes. Frozen weights that training let
// go of are read again.
void save(const AlignOptions& options, const Model& base, const FlatParameters& parameters,
          const Json& report, const std::string& path) {
  if (!parameters.ranks().first()) {
    parameters.master();
    return;
  }
  const MethodOptions& method = options.train.method;
  Model aligned = base;
  if (aligned.weights.empty() && method.method != "full") {
    aligned.weights = make_base(options, {}).weights;
  }
  aligned = trained_model(std::move(aligned), parameters, method);
  aligned.report = report;
  save_aligned_model(aligned, path);
}

// A save of the model as it is, beside the output, and its removal.
void try_save(const AlignOptions& options, const Model& base, const FlatParameters& parameters,
              const Json& report) {
  const std::string trial = options.output + ".trial";
  try {
    save(options, base, parameters, report, trial);
  } catch (const Error& error) {
    throw Error(error.kind(), std::string("tried before training: ") + error.what(), error.hint());
  }
  if (parameters.ranks().first()) std::filesystem::remove(trial);
}

// What a run works with, before anything is computed.
struct Prepared {
  AlignExamples examples;
  Model base;
  AlignSamples samples;
  ChatTemplate chat;
  AlignObjective objective;
  Json report;
};

// Reads everything, makes samples of it, shows some and tells what there is.
Prepared prepare(const AlignOptions& options, const std::function<void(const std::string&)>& show) {
  Prepared p;
  p.examples = read_align_examples(options);
  p.base = make_base(options, p.examples.train);
  p.chat = choose_align_template(options, p.base);
  p.samples = make_align_samples(p.examples, *p.base.tokenizer, p.chat, options);
  present(options, p.examples, p.samples, p.chat, *p.base.tokenizer, show);
  p.objective =
      make_align_objective(options.objective, p.examples, p.samples, *p.base.tokenizer, p.chat);
  p.report["lingua"] = LINGUA_VERSION;
  p.report["base"] = options.base;
  if (!options.distill_layers.empty()) p.report["distill_layers"] = options.distill_layers;
  p.report["template"] = to_json(p.chat);
  p.report["seed"] = options.seed;
  p.report["data"] = describe_data(options, p.examples, p.samples);
  p.report["steps_per_epoch"] = steps_per_epoch(p.samples.train.samples, options.train.packing);
  p.report["objective"] = p.objective.report;
  return p;
}

// The checkpoint to go on from, or nothing for a new run. Its tensors are on the first rank alone.
std::optional<Checkpoint> find_checkpoint(const CheckpointOptions& options,
                                          const CheckpointFolder* folder, Communicator& ranks) {
  if (!options.resume) return std::nullopt;
  std::optional<Checkpoint> checkpoint;
  on_all_ranks(ranks, [&] {
    if (folder == nullptr) return;
    checkpoint = folder->newest_good();
    log_info(checkpoint ? "going on from " + checkpoint->path
                        : options.folder + " has no checkpoint yet: training begins anew");
  });
  if (ranks.of_first(checkpoint ? 1 : 0) == 0) return std::nullopt;
  if (!checkpoint) checkpoint.emplace();
  std::string state = dump_json(checkpoint->state);
  ranks.broadcast(state);
  ranks.broadcast(checkpoint->path);
  if (!ranks.first()) checkpoint->state = parse_json(state, checkpoint->path, ErrorKind::kModel);
  return checkpoint;
}

// A run at its beginning, or where `checkpoint` left it.
std::unique_ptr<TrainingRun> start_run(RunParts parts, const Checkpoint* checkpoint) {
  if (checkpoint == nullptr) return std::make_unique<TrainingRun>(std::move(parts));
  require_same_run(checkpoint->state, parts.identity, checkpoint->path);
  warn_of_other_machine(checkpoint->state, parts.parameters.ranks().size());
  return std::make_unique<TrainingRun>(std::move(parts), *checkpoint);
}

// Trains; a run that diverges leaves a page that shows how.
TrainResult train_or_show(const AlignOptions& options, const Prepared& p, TrainingRun& run,
                          const Json& report, bool first) {
  try {
    return run.train();
  } catch (const Error& error) {
    if (first && error.kind() == ErrorKind::kDiverged)
      write_page(options, p.examples, p.samples, run, report, nullptr);
    throw;
  }
}

// What depends on the type is decided.
AlignOptions options_in(at::ScalarType dtype, AlignOptions options) {
  if (!options.usual_micro_batches) return options;
  options.train.packing.micro_batch_tokens =
      std::max(usual_micro_batch_tokens(options.train.method, dtype), options.samples.max_length);
  return options;
}

// Trains, saves, measures, and saves again with what was measured.
AlignResult train_and_save(const AlignOptions& given, Prepared& p, const CheckpointFolder* folder,
                           const at::Device& device, Communicator& ranks) {
  AlignResult result{std::move(p.report)};
  Json& report = result.report;
  auto checkpoint = find_checkpoint(given.checkpoints, folder, ranks);
  const std::string asked = checkpoint && given.dtype == "auto"
                                ? dtype_of_run(*checkpoint).value_or(given.dtype)
                                : given.dtype;
  const auto dtype = pick_dtype(asked, device, p.base.config, ranks, report);
  const AlignOptions options = options_in(dtype, given);
  const bool identified = folder != nullptr || !ranks.alone();
  Json identity;
  if (identified) {
    identity = run_identity(options, report["data"], p.base, p.samples, report["dtype"]);
  }
  require_same_everywhere(ranks, identity);
  Decoder decoder = make_decoder(p.base.config, p.base.weights, at::kFloat, p.base.source, device);
  if (options.train.method.method == "full" || !is_new_model(options.base)) p.base.weights.clear();
  FlatParameters parameters(decoder, dtype,
                            prepare_method(decoder, options.train.method, options.seed), ranks);
  lay_out_frozen_tiles(decoder);
  report["weights"] = parameters.count();
  report["method"] = to_json(options.train.method);
  add_teacher(options.objective, p.examples, p.samples, *p.base.tokenizer, p.chat, dtype, device,
              p.objective);
  report["objective"] = p.objective.report;
  if (identified && p.objective.teacher) {
    add_teacher_identity(*p.objective.teacher, identity);
    require_same_everywhere(ranks, identity);
  }
  const auto agreed = measure_held_out_agreement(decoder, p.samples, p.objective, "before", ranks);
  const auto run = start_run({options, p.examples, p.samples, decoder, parameters, folder,
                              std::move(identity), p.objective.train},
                             checkpoint ? &*checkpoint : nullptr);
  checkpoint.reset();  // its files need not stay mapped
  const auto save_as = [&](const std::string& path) {
    save(options, p.base, parameters, report, path);
  };
  if (!options.no_preflight) {
    run->preflight([&] { try_save(options, p.base, parameters, report); });
  }
  const TrainResult trained = train_or_show(options, p, *run, report, ranks.first());
  run->take_result();
  report["training"] = describe_training(trained, *run, options);
  result.signal = trained.signal;
  save_as(options.output);  // before anything else can fail
  if (result.signal != 0) {
    if (ranks.first()) write_page(options, p.examples, p.samples, *run, report, nullptr);
    return result;
  }
  const HeldOutLosses after = run->after();
  report["held_out"] = describe_gain(run->before(), after);
  report["agreement"] = describe_agreement(
      agreed, measure_held_out_agreement(decoder, p.samples, p.objective, "after", ranks));
  save_as(options.output);
  if (ranks.first()) write_page(options, p.examples, p.samples, *run, report, &after);
  return result;
}

void validate_distillation(const AlignOptions& options) {
  if (options.distill_layers.empty()) return;
  if (is_new_model(options.base)) {
    throw Error(ErrorKind::kUsage, "--distill-layers needs a trained --base",
                options.base + " has learned nothing that could be kept");
  }
}

}  // namespace

void validate(const AlignOptions& options) {
  if (options.data.empty()) {
    throw Error(ErrorKind::kUsage, "--data is missing", "for example --data gpt_outputs.jsonl");
  }
  if (options.output.empty()) throw Error(ErrorKind::kUsage, "--output is empty");
  if (options.show_samples < 0) {
    throw Error(ErrorKind::kUsage,
                "--show-samples " + std::to_string(options.show_samples) + " is negative");
  }
  validate_distillation(options);
  validate_dtype_name(options.dtype);
  validate_device_name(options.device);
  validate(options.read);
  validate(options.samples);
  validate(options.split);
  validate(options.objective);
  validate(options.train);
  validate(options.evaluation);
  validate(options.checkpoints);
  if (options.train.packing.micro_batch_tokens < options.samples.max_length) {
    throw Error(ErrorKind::kUsage,
                "--micro-batch-tokens " + std::to_string(options.train.packing.micro_batch_tokens) +
                    " is less than --max-length " + std::to_string(options.samples.max_length),
                "the longest sample must fit into one forward pass");
  }
}

AlignResult align(const AlignOptions& options, const std::function<void(const std::string&)>& show,
                  Communicator& ranks) {
  validate(options);
  const at::Device device = device_of(options, ranks);  // before anything is read
  std::optional<CheckpointFolder> folder;
  Prepared prepared;
  on_all_ranks(ranks, [&] {
    if (ranks.first() && !options.dry_run) {
      require_writable(options.output, ErrorKind::kModel);
      if (!options.page.empty()) require_writable(options.page, ErrorKind::kUsage);
      if (!options.checkpoints.folder.empty()) folder.emplace(options.checkpoints);
    }
    prepared = prepare(options, show);
  });
  Json& report = prepared.report;
  if (options.dry_run) {
    const auto dtype = pick_dtype(options.dtype, device, prepared.base.config, ranks, report);
    if (!ranks.first()) return {};
    dry_run(options_in(dtype, options), prepared.base, prepared.samples, dtype, device, report,
            show);
    return {std::move(report)};
  }
  if (!ranks.alone()) report["ranks"] = ranks.size();
  return train_and_save(options, prepared, folder ? &*folder : nullptr, device, ranks);
}

}  // namespace lingua

#include "train/align.h"

#include <sys/resource.h>

#include "lingua_version.h"
#include "model/dtype.h"
#include "support/atomic_file.h"
#include "support/log.h"
#include "support/progress.h"
#include "support/text.h"
#include "train/align_data.h"
#include "train/held_out.h"
#include "train/trainer.h"

namespace lingua {
namespace {

// Below this a fp32 GEMM runs without a tuned BLAS, a hundred times slower than it could.
constexpr double kSlowGemm = 4.0;  // 10^9 operations a second

double peak_memory_bytes() {
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024;
}

at::ScalarType pick_dtype(const AlignOptions& options, const ModelConfig& config, Json& report) {
  const GemmRates rates = measure_gemm(config.hidden_size);
  if (rates.fp32 < kSlowGemm) {
    log_warning("matrix products reach " + std::to_string(rates.fp32) +
                " GF/s only: libtorch seems to lack a tuned BLAS (Debian: libopenblas0-pthread)");
  }
  const auto dtype = choose_dtype(options.dtype, rates);
  report["dtype"] = dtype_name(dtype);
  report["gemm_gflops"] = {{"fp32", rates.fp32}, {"bf16", rates.bf16}};
  return dtype;
}

TrainResult run_training(Decoder& decoder, FlatParameters& parameters,
                         const std::vector<Sample>& samples, const TrainOptions& options) {
  Progress progress(0, "tokens", "align");
  return train(decoder, parameters, samples, options, [&](const StepRecord& record) {
    progress.set_fraction(record.progress);
    char note[80];
    std::snprintf(note, sizeof note, "step %lld, loss %.3f, lr %.1e",
                  static_cast<long long>(record.step), record.loss, record.learning_rate);
    progress.update(static_cast<double>(record.tokens), note);
  });
}

Json describe_training(const TrainResult& result, const TrainOptions& options) {
  const StepRecord& last = result.last;
  return {
      {"stopped", to_string(result.reason)},
      {"steps", last.step},
      {"tokens", last.tokens},
      {"target_tokens", last.targets},
      {"seconds", last.seconds},
      {"tokens_per_second", last.seconds > 0 ? static_cast<double>(last.tokens) / last.seconds : 0},
      {"last_loss", last.loss},
      {"learning_rate", options.learning_rate},
      {"batch_tokens", options.packing.batch_tokens},
      {"epochs", options.epochs},
      {"peak_memory_bytes", peak_memory_bytes()}};
}

Json describe_gain(const HeldOutLosses& before, const HeldOutLosses& after) {
  const auto entry = [](const TargetLoss& a, const TargetLoss& b) {
    return Json{{"bytes", a.bytes},
                {"tokens", a.tokens},
                {"bits_per_byte_before", bits_per_byte(a)},
                {"bits_per_byte_after", bits_per_byte(b)}};
  };
  Json gain = entry(before.total(), after.total());
  gain["samples"] = before.losses.size();
  const auto domains_before = before.by_domain(), domains_after = after.by_domain();
  for (const auto& [domain, loss] : domains_before) {
    if (domains_before.size() > 1)
      gain["by_domain"][domain] = entry(loss, domains_after.at(domain));
  }
  return gain;
}

void save(const Model& base, const Decoder& trained, const Json& report, const std::string& path) {
  Model aligned = base;
  aligned.weights = named_weights(trained);
  aligned.report = report;
  save_aligned_model(aligned, path);
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
  validate_dtype_name(options.dtype);
  validate(options.read);
  validate(options.samples);
  validate(options.split);
  validate(options.train);
  if (options.train.packing.micro_batch_tokens < options.samples.max_length) {
    throw Error(ErrorKind::kUsage,
                "--micro-batch-tokens " + std::to_string(options.train.packing.micro_batch_tokens) +
                    " is less than --max-length " + std::to_string(options.samples.max_length),
                "the longest sample must fit into one forward pass");
  }
}

AlignResult align(const AlignOptions& options,
                  const std::function<void(const std::string&)>& show) {
  validate(options);
  if (!options.dry_run) require_writable(options.output, ErrorKind::kModel);
  const AlignExamples examples = read_align_examples(options);
  Model base = make_base(options, examples.train);
  const ChatTemplate chat = template_for(
      base.config.chat_template, static_cast<TokenId>(base.config.eos_token_id), *base.tokenizer);
  const AlignSamples samples = make_align_samples(examples, *base.tokenizer, chat, options);
  const auto& train_samples = samples.train.samples;
  for (std::size_t i = 0;
       i < train_samples.size() && i < static_cast<std::size_t>(options.show_samples); ++i) {
    show(show_sample(train_samples[i], *base.tokenizer, false));
  }
  AlignResult result;
  Json& report = result.report;
  report["lingua"] = LINGUA_VERSION;
  report["base"] = options.base;
  report["template"] = to_json(chat);
  report["seed"] = options.seed;
  report["data"] = describe_data(options, examples, samples);
  report["steps_per_epoch"] = steps_per_epoch(train_samples, options.train.packing);
  if (options.dry_run) return result;

  const auto dtype = pick_dtype(options, base.config, report);
  Decoder decoder = make_decoder(base.config, base.weights, at::kFloat, base.source);
  base.weights.clear();
  FlatParameters parameters(decoder, dtype);
  report["weights"] = parameters.count();
  const auto before = measure_held_out(decoder, samples.held_out.samples, examples.held_out,
                                       "held-out text before");
  const TrainResult trained = run_training(decoder, parameters, train_samples, options.train);
  report["training"] = describe_training(trained, options.train);
  result.signal = trained.signal;
  save(base, parameters.master(), report, options.output);  // before anything else can fail
  if (result.signal != 0) return result;
  const auto after =
      measure_held_out(decoder, samples.held_out.samples, examples.held_out, "held-out text after");
  report["held_out"] = describe_gain(before, after);
  save(base, parameters.master(), report, options.output);
  return result;
}

std::string report_text(const Json& report, const std::string& output) {
  char line[200];
  std::string text;
  const Json& training = report["training"];
  std::snprintf(
      line, sizeof line, "%lld steps, %s tokens in %s (%.0f tokens/s, %s), %s\n",
      training["steps"].get<long long>(), format_count(training["tokens"].get<int64_t>()).c_str(),
      format_duration(training["seconds"].get<double>()).c_str(),
      training["tokens_per_second"].get<double>(), report["dtype"].get<std::string>().c_str(),
      training["stopped"].get<std::string>().c_str());
  text += line;
  if (report.contains("held_out")) {
    const Json& gain = report["held_out"];
    const double before = gain["bits_per_byte_before"], after = gain["bits_per_byte_after"];
    std::snprintf(line, sizeof line,
                  "held-out bits per byte: %.4f before, %.4f after (%+.1f %%; %s bytes of %zu "
                  "samples)\n",
                  before, after, 100 * (after - before) / before,
                  format_count(gain["bytes"].get<int64_t>()).c_str(),
                  gain["samples"].get<std::size_t>());
    text += line;
  }
  return text + "saved " + output + "\n";
}

}  // namespace lingua

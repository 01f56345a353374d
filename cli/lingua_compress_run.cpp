#include "cli/lingua_compress_run.h"

#include <chrono>

#include "cli/lingua_compress_job.h"
#include "cli/lingua_compress_many.h"
#include "cli/lingua_compress_sink.h"
#include "compress/drafted_model.h"
#include "compress/explain.h"
#include "compress/explain_html.h"
#include "compress/scoring_window.h"
#include "model/tokenizer_file.h"
#include "support/atomic_file.h"
#include "support/log.h"

namespace lingua {
namespace {

using Clock = std::chrono::steady_clock;

// With what lies in files.
CompressOptions all_options(const CompressCommandOptions& options) {
  CompressOptions result = options.resolved();
  if (!options.budget_tokenizer.empty()) {
    result.budget_tokenizer = load_tokenizer_of(options.budget_tokenizer);
  }
  if (!options.json_config.empty()) result.json_rules = read_json_rules(options.json_config);
  return result;
}

std::string shown(const JobResult& result, const CompressCommandOptions& options,
                  const Sink& sink) {
  if (options.json || options.json_tokens) return dump_json(result.json) + "\n";
  if (options.explain) return explain(result.whole, sink.has_colours());
  if (!options.messages.empty()) return result.text + "\n";
  const bool ends_line = !sink.is_terminal() || result.text.ends_with('\n');
  return result.text + (ends_line ? "" : "\n");
}

void compress_one(const Job& job, const CompressCommandOptions& options,
                  const CompressOptions& resolved, const DraftedModel& models) {
  const auto start = Clock::now();
  const Scorer scorer = models.model.scorer();
  const auto draft = models.draft_scorer();
  Sink sink(options.output);
  const JobResult result = run_job(job, resolved, options.json_tokens, *models.model.tokenizer,
                                   cached_drafted(scorer, draft));
  const CompressResult& whole = result.whole;
  warn_of_budget(whole, "");
  if (!options.explain_html.empty()) {
    write_file_atomically(options.explain_html, explain_html(whole), ErrorKind::kData);
  }
  sink.write(shown(result, options, sink));
  sink.finish();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  log_info(summary(whole.origin_tokens, whole.compressed_tokens, seconds));
}

}  // namespace

int run_compress(const CompressCommandOptions& options) {
  std::optional<Job> job;  // before the model, which takes a while
  if (options.inputs.empty()) job = job_of_options(options);
  const CompressOptions resolved = all_options(options);
  DraftedModel models = load_drafted(options.model, options.draft, options.dtype, options.device);
  models.set_window(scoring_window(resolved));
  if (job) {
    compress_one(*job, options, resolved, models);
  } else {
    compress_many(options, resolved, models);
  }
  return 0;
}

}  // namespace lingua

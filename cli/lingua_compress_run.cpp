#include "cli/lingua_compress_run.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <optional>

#include "cli/lingua_compress_job.h"
#include "cli/lingua_compress_prompts.h"
#include "cli/results.h"
#include "compress/explain.h"
#include "compress/explain_html.h"
#include "model/runnable_model.h"
#include "model/tokenizer_file.h"
#include "support/atomic_file.h"
#include "support/error.h"
#include "support/interrupt.h"
#include "support/log.h"
#include "support/progress.h"
#include "support/text.h"

namespace lingua {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void warn_of_budget(const CompressResult& result, const std::string& where) {
  if (result.budget_met()) return;
  log_warning(where + "the budget of " + format_count(*result.target_tokens) +
              " tokens is not met: the output has " + format_count(result.compressed_tokens) +
              (result.compressed_tokens > *result.target_tokens ? ", all of which must stay" : ""));
}

// Where results go: a file that appears when all are written, or standard output at once.
class Sink {
 public:
  explicit Sink(const std::string& path) {
    if (!path.empty()) file_.emplace(path, ErrorKind::kData);
  }

  bool is_terminal() const { return !file_ && ::isatty(STDOUT_FILENO) == 1; }

  // https://no-color.org
  bool has_colours() const {
    const char* none = std::getenv("NO_COLOR");
    return is_terminal() && (none == nullptr || *none == '\0');
  }

  void write(const std::string& text) {
    if (file_) {
      file_->write(text);
    } else {
      write_result(text);
      flush_results();
    }
  }

  void finish() {
    if (file_) file_->commit();
  }

 private:
  std::optional<AtomicFile> file_;
};

// With what lies in files.
CompressOptions all_options(const CompressCommandOptions& options) {
  CompressOptions result = options.resolved();
  if (!options.budget_tokenizer.empty()) {
    result.budget_tokenizer = load_tokenizer_of(options.budget_tokenizer);
  }
  if (!options.json_config.empty()) result.json_rules = read_json_rules(options.json_config);
  return result;
}

// What a run needs, and what it has counted.
class Run {
 public:
  explicit Run(const CompressCommandOptions& options)
      : options_(options),
        resolved_(all_options(options)),
        model_(load_runnable(options.model, options.dtype)),
        scorer_(model_.scorer()),
        language_model_(cached_language_model(scorer_)),
        sink_(options.output) {}

  void one(const Job& job) {
    const auto start = Clock::now();
    const JobResult result = compress_one(job);
    const CompressResult& whole = result.whole;
    warn_of_budget(whole, "");
    if (!options_.explain_html.empty()) {
      write_file_atomically(options_.explain_html, explain_html(whole), ErrorKind::kData);
    }
    sink_.write(shown(result));
    sink_.finish();
    log_info(summary(whole.origin_tokens, whole.compressed_tokens, seconds_since(start)));
  }

  void many() {
    const auto start = Clock::now();
    {
      Progress progress(0, "prompts", "compress");
      for (const auto& path : options_.inputs) file(path, progress);
    }
    if (done_ == 0) {
      throw Error(ErrorKind::kData,
                  skipped_ == 0 ? "the input holds no prompts" : "none of the prompts can be used");
    }
    sink_.finish();
    log_info(format_count(done_) + " prompts, " +
             summary(origin_tokens_, compressed_tokens_, seconds_since(start)) +
             (skipped_ > 0 ? ", " + format_count(skipped_) + " skipped" : ""));
  }

 private:
  JobResult compress_one(const Job& job) {
    return run_job(job, resolved_, options_.json_tokens, *model_.tokenizer, language_model_);
  }

  std::string shown(const JobResult& result) const {
    if (options_.json || options_.json_tokens) return dump_json(result.json) + "\n";
    if (options_.explain) return explain(result.whole, sink_.has_colours());
    if (!options_.messages.empty()) return result.text + "\n";
    const bool ends_line = !sink_.is_terminal() || result.text.ends_with('\n');
    return result.text + (ends_line ? "" : "\n");
  }

  void file(const std::string& path, Progress& progress) {
    PromptReader reader(path);
    while (const auto found = reader.next()) {
      throw_if_interrupted();
      if (const auto result = compress_found(*found)) write(*result);
      progress.update(static_cast<double>(done_ + skipped_));
    }
  }

  // The result for a prompt of a file; nothing for a bad one that is passed over.
  std::optional<JobResult> compress_found(const FoundPrompt& found) {
    try {
      return at_place(found.where, job_from_json(found.json, found.where, resolved_.form));
    } catch (const Error& error) {
      const bool of_prompt = error.kind() == ErrorKind::kData || error.kind() == ErrorKind::kUsage;
      if (!options_.skip_bad || !of_prompt) throw;
      log_warning(error.what());
      ++skipped_;
      return std::nullopt;
    }
  }

  // Adds the place to an error.
  JobResult at_place(const std::string& where, const Job& job) {
    try {
      JobResult result = compress_one(job);
      warn_of_budget(result.whole, where + ": ");
      return result;
    } catch (const Error& error) {
      throw Error(error.kind(), where + ": " + error.what(), error.hint());
    }
  }

  void write(const JobResult& result) {
    sink_.write(dump_json(result.json) + "\n");
    ++done_;
    origin_tokens_ += result.whole.origin_tokens;
    compressed_tokens_ += result.whole.compressed_tokens;
  }

  const CompressCommandOptions& options_;
  CompressOptions resolved_;
  RunnableModel model_;
  Scorer scorer_;
  LanguageModel language_model_;
  Sink sink_;
  int64_t done_ = 0;
  int64_t skipped_ = 0;
  int64_t origin_tokens_ = 0;
  int64_t compressed_tokens_ = 0;
};

}  // namespace

int run_compress(const CompressCommandOptions& options) {
  if (options.inputs.empty()) {
    const Job job = job_of_options(options);  // before the model, which takes a while
    Run(options).one(job);
  } else {
    Run(options).many();
  }
  return 0;
}

}  // namespace lingua

#include "cli/lingua_compress_run.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <optional>

#include "cli/lingua_compress_prompts.h"
#include "cli/results.h"
#include "compress/compressor.h"
#include "compress/explain.h"
#include "compress/explain_html.h"
#include "model/runnable_model.h"
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

// What a run needs, and what it has counted.
class Run {
 public:
  explicit Run(const CompressCommandOptions& options)
      : options_(options),
        resolved_(options.resolved()),
        model_(load_runnable(options.model, options.dtype)),
        scorer_(model_.scorer()),
        language_model_(cached_language_model(scorer_)),
        sink_(options.output) {}

  void one(const Prompt& prompt) {
    const auto start = Clock::now();
    const CompressResult result = compress_one(prompt);
    warn_of_budget(result, "");
    if (!options_.explain_html.empty()) {
      write_file_atomically(options_.explain_html, explain_html(result), ErrorKind::kData);
    }
    sink_.write(shown(result));
    sink_.finish();
    log_info(summary(result.origin_tokens, result.compressed_tokens, seconds_since(start)));
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
  CompressResult compress_one(const Prompt& prompt) {
    return compress(prompt, resolved_, *model_.tokenizer, language_model_);
  }

  std::string json_line(const CompressResult& result) const {
    return dump_json(options_.json_tokens ? to_json_with_tokens(result) : to_json(result)) + "\n";
  }

  std::string shown(const CompressResult& result) const {
    if (options_.json || options_.json_tokens) return json_line(result);
    if (options_.explain) return explain(result, sink_.has_colours());
    const bool ends_line = !sink_.is_terminal() || result.compressed_prompt.ends_with('\n');
    return result.compressed_prompt + (ends_line ? "" : "\n");
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
  std::optional<CompressResult> compress_found(const FoundPrompt& found) {
    try {
      const Json json = parse_json(found.json, found.where, ErrorKind::kData);
      return at_place(found.where, prompt_from_json(json, found.where));
    } catch (const Error& error) {
      const bool of_prompt = error.kind() == ErrorKind::kData || error.kind() == ErrorKind::kUsage;
      if (!options_.skip_bad || !of_prompt) throw;
      log_warning(error.what());
      ++skipped_;
      return std::nullopt;
    }
  }

  // Adds the place to an error.
  CompressResult at_place(const std::string& where, const Prompt& prompt) {
    try {
      CompressResult result = compress_one(prompt);
      warn_of_budget(result, where + ": ");
      return result;
    } catch (const Error& error) {
      throw Error(error.kind(), where + ": " + error.what(), error.hint());
    }
  }

  void write(const CompressResult& result) {
    sink_.write(json_line(result));
    ++done_;
    origin_tokens_ += result.origin_tokens;
    compressed_tokens_ += result.compressed_tokens;
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
    const Prompt prompt = prompt_of_options(options);  // before the model, which takes a while
    Run(options).one(prompt);
  } else {
    Run(options).many();
  }
  return 0;
}

}  // namespace lingua

#include "cli/lingua_compress_many.h"

#include <chrono>
#include <optional>

#include "cli/lingua_compress_identity.h"
#include "cli/lingua_compress_job.h"
#include "cli/lingua_compress_prompts.h"
#include "cli/lingua_compress_sink.h"
#include "cli/resumable_output.h"
#include "compress/prefix_store.h"
#include "compress/rounds.h"
#include "support/error.h"
#include "support/interrupt.h"
#include "support/log.h"
#include "support/progress.h"
#include "support/text.h"

namespace lingua {
namespace {

using Clock = std::chrono::steady_clock;

// Text of a group's prompts beyond which no further one is taken, in bytes of JSON.
constexpr std::size_t kGroupBytes = std::size_t{4} << 20;

// Where the results of many prompts go.
class Results {
 public:
  Results(const CompressCommandOptions& options, const CompressOptions& resolved,
          const DraftedModel& models) {
    if (options.resume) {
      resumable_.emplace(options.output, identity_of(options, resolved, models));
    } else {
      sink_.emplace(options.output);
    }
  }

  // Prompts that an interrupted run has done.
  std::size_t done_before() const { return resumable_ ? resumable_->done() : 0; }

  void require_same(std::size_t index, const FoundPrompt& prompt) const {
    resumable_->require_same(index, prompt.json, prompt.where);
  }

  // `line` is empty for a prompt that is passed over.
  void write(const FoundPrompt& prompt, const std::string& line) {
    if (resumable_) {
      resumable_->write(prompt.json, line);
    } else if (!line.empty()) {
      sink_->write(line);
    }
  }

  void finish() { resumable_ ? resumable_->finish() : sink_->finish(); }

 private:
  std::optional<Sink> sink_;
  std::optional<ResumableOutput> resumable_;
};

class ManyPrompts {
 public:
  ManyPrompts(const CompressCommandOptions& options, const CompressOptions& resolved,
              const DraftedModel& models)
      : options_(options),
        resolved_(resolved),
        models_(models),
        scorer_(models.model.scorer()),
        draft_scorer_(models.draft_scorer()),
        files_(options.inputs),
        results_(options, resolved, models) {}

  void run() {
    const auto start = Clock::now();
    Progress progress(0, "prompts", "compress");
    while (read_group()) {
      compress_group(progress);
      if (unreadable_) std::rethrow_exception(unreadable_);
    }
    progress.finish();
    if (written_ == 0 && results_.done_before() == 0) {
      throw Error(ErrorKind::kData,
                  skipped_ == 0 ? "the input holds no prompts" : "none of the prompts can be used");
    }
    if (index_ < results_.done_before()) {
      throw Error(ErrorKind::kUsage,
                  "the input has " + format_count(static_cast<int64_t>(index_)) +
                      " prompts, fewer than were done before",
                  "resume with the same input");
    }
    results_.finish();
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    const auto before = static_cast<int64_t>(results_.done_before());
    log_info(format_count(written_) + " prompts, " +
             summary(origin_tokens_, compressed_tokens_, seconds) +
             (skipped_ > 0 ? ", " + format_count(skipped_) + " skipped" : "") +
             (before > 0 ? ", " + format_count(before) + " were done before" : ""));
  }

 private:
  // The next prompts, false at the end. What cannot be read is told after those before it.
  bool read_group() {
    group_.clear();
    std::size_t bytes = 0;
    try {
      while (group_.size() < static_cast<std::size_t>(options_.batch_prompts) &&
             bytes < kGroupBytes && (group_.empty() || files_.ready())) {
        auto found = files_.next();
        if (!found) break;
        bytes += found->json.size();
        group_.push_back(std::move(*found));
      }
    } catch (const Error&) {
      unreadable_ = std::current_exception();
    }
    return !group_.empty() || unreadable_;
  }

  void compress_group(Progress& progress) {
    const std::size_t before = results_.done_before(), first = index_;
    for (std::size_t i = 0; i < group_.size() && first + i < before; ++i) {
      results_.require_same(first + i, group_[i]);
    }
    if (first + group_.size() <= before) {
      index_ += group_.size();
      return;
    }
    std::vector<std::optional<JobResult>> results(group_.size());
    const Tasks tasks{
        group_.size(), [this](std::size_t i) { return group_[i].json.size(); },
        [&](std::size_t i, const LanguageModel& model) { results[i] = result_of(i, model); },
        [&](std::size_t i, std::exception_ptr error) {
          if (index_++ >= before) take(group_[i], results[i], error);
          results[i].reset();
          progress.update(static_cast<double>(index_));
        }};
    PrefixStore store(*models_.model.decoder);
    if (!models_.draft) return run_in_rounds(tasks, scorer_, store, rounds_options());
    PrefixStore draft_store(*models_.draft->decoder);
    const RoundsModel draft{*draft_scorer_, draft_store};
    run_in_rounds(tasks, scorer_, store, rounds_options(), &draft);
  }

  // As many at once as have their keys and values kept together, at about three bytes a token.
  RoundsOptions rounds_options() const {
    return {16, static_cast<std::size_t>(3 * PrefixStoreLimits().cache_bytes /
                                         bytes_of_cached_token(*models_.model.decoder))};
  }

  // In a thread of its own.
  JobResult result_of(std::size_t i, const LanguageModel& model) const {
    const auto& [json, where] = group_[i];
    const Job job = job_from_json(json, where, resolved_.form);
    try {
      return run_job(job, resolved_, options_.json_tokens, *models_.model.tokenizer, model);
    } catch (const Error& error) {
      throw Error(error.kind(), where + ": " + error.what(), error.hint());
    }
  }

  void take(const FoundPrompt& prompt, const std::optional<JobResult>& result,
            std::exception_ptr error) {
    if (error) return pass_over(prompt, error);
    warn_of_budget(result->whole, prompt.where + ": ");
    results_.write(prompt, dump_json(result->json) + "\n");
    ++written_;
    origin_tokens_ += result->whole.origin_tokens;
    compressed_tokens_ += result->whole.compressed_tokens;
  }

  void pass_over(const FoundPrompt& prompt, std::exception_ptr failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const Error& error) {
      const bool of_prompt = error.kind() == ErrorKind::kData || error.kind() == ErrorKind::kUsage;
      if (!options_.skip_bad || !of_prompt) throw;
      log_warning(error.what());
      results_.write(prompt, "");
      ++skipped_;
    }
  }

  const CompressCommandOptions& options_;
  const CompressOptions& resolved_;
  const DraftedModel& models_;
  const Scorer scorer_;
  const std::optional<Scorer> draft_scorer_;
  PromptFiles files_;
  Results results_;
  std::vector<FoundPrompt> group_;
  std::exception_ptr unreadable_;
  std::size_t index_ = 0;  // prompts that were seen and dealt with
  int64_t written_ = 0;
  int64_t skipped_ = 0;
  int64_t origin_tokens_ = 0;
  int64_t compressed_tokens_ = 0;
};

}  // namespace

void compress_many(const CompressCommandOptions& options, const CompressOptions& resolved,
                   const DraftedModel& models) {
  ManyPrompts(options, resolved, models).run();
}

}  // namespace lingua

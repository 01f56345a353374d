#include "compress/options.h"

#include <cstdio>

#include "compress/pattern.h"
#include "compress/reference_arguments.h"
#include "compress/reference_quirks.h"
#include "support/error.h"
#include "support/utf8.h"

namespace lingua {
namespace {

[[noreturn]] void refuse(const std::string& option, double value, const std::string& range) {
  char number[32];
  std::snprintf(number, sizeof number, "%g", value);
  throw Error(ErrorKind::kUsage, "--" + option + " " + number + " is out of range",
              "choose a value in " + range);
}

void require_share(const std::string& option, double value) {
  if (!(value > 0 && value <= 1)) refuse(option, value, "(0, 1]");
}

void require_within(const std::string& option, double value, double least, double most) {
  if (value >= least && value <= most) return;
  char range[64];
  std::snprintf(range, sizeof range, "[%g, %g]", least, most);
  refuse(option, value, range);
}

// Contexts or sentences of a prompt, more than any has.
constexpr int64_t kMostCounted = INT32_MAX;

bool holds(const CompressOptions& options) {
  return !options.keep_contexts.empty() || !options.require_contexts.empty() ||
         options.keep_first_sentences > 0 || options.keep_last_sentences > 0 ||
         options.keep_sentences > 0;
}

bool protects(const CompressOptions& options) {
  return options.keep_digits || !options.keep.empty() || !options.keep_tokens.empty() ||
         !options.protect.empty();
}

[[noreturn]] void refuse_in_reference_mode(const std::string& options, const std::string& hint) {
  throw Error(ErrorKind::kUsage, options + " not for reference mode", hint);
}

// Reference mode does what the reference does and nothing else.
void validate_reference_mode(const CompressOptions& options) {
  const std::string other_mode = "choose --mode lingua, or leave them out";
  if (protects(options) || options.units || options.instruction_rate < 1 ||
      options.question_rate < 1) {
    refuse_in_reference_mode(
        "--keep, --keep-tokens, --keep-digits, --protect, --units, --instruction-rate and "
        "--question-rate are",
        other_mode);
  }
  if (holds(options)) {
    refuse_in_reference_mode(
        "--keep-context, --require-context, --keep-first-sentences, --keep-last-sentences and "
        "--keep-sentences are",
        "its --args have force_context_ids and keep_first_sentence");
  }
  if (has_sentence_level(options) || !options.token_level) {
    refuse_in_reference_mode("--sentence-level and --no-token-level are",
                             "its --args have use_sentence_level_filter and "
                             "use_token_level_filter");
  }
  if (options.score != TokenScore::kLoss || options.dynamic_ratio > 0) {
    refuse_in_reference_mode(
        "--score and --dynamic-ratio are",
        "its --args have condition_compare and dynamic_context_compression_ratio");
  }
  if (options.effort != Effort::kAuto) {
    refuse_in_reference_mode("--effort is", "choose --mode lingua or --mode paper");
  }
  if (options.budget_tokenizer != nullptr) {
    refuse_in_reference_mode("--budget-tokenizer is", "choose --mode lingua or --mode paper");
  }
  if (is_ranked(options) || options.reorder != ContextOrder::kGiven) {
    refuse_in_reference_mode("--rank and --reorder are",
                             "its --args have rank_method and reorder_context");
  }
  if (options.form != PromptForm::kPlain) {
    refuse_in_reference_mode("--structured and --structured-json are",
                             "choose --mode lingua or --mode paper");
  }
}

void validate_levels(const CompressOptions& options) {
  if (!options.token_level && !has_sentence_level(options) && !options.demonstration_level) {
    throw Error(ErrorKind::kUsage, "all levels are off: nothing may be dropped",
                "leave one of them on");
  }
  if (!options.token_level && options.units) {
    throw Error(ErrorKind::kUsage, "--units is of the token level, which is off",
                "leave out --units or --no-token-level");
  }
  if (!options.token_level && options.score != TokenScore::kLoss) {
    throw Error(ErrorKind::kUsage, "--score is of the token level, which is off",
                "leave out --score or --no-token-level");
  }
  if (options.keep_sentences > 0 && !has_sentence_level(options)) {
    throw Error(ErrorKind::kUsage, "--keep-sentences is of the sentence level, which is off",
                "add --sentence-level, or choose --keep-first-sentences");
  }
}

void require_count(const std::string& option, int64_t value, int64_t least, int64_t most) {
  if (value >= least && value <= most) return;
  throw Error(ErrorKind::kUsage, "--" + option + " " + std::to_string(value) + " is out of range",
              "choose a value in [" + std::to_string(least) + ", " + std::to_string(most) + "]");
}

void validate_counts(const CompressOptions& options) {
  require_count("segment-tokens", options.segment_tokens, 1, 65536);
  require_count("keep-sentences", options.keep_sentences, 0, kMostCounted);
  require_count("keep-first-sentences", options.keep_first_sentences, 0, kMostCounted);
  require_count("keep-last-sentences", options.keep_last_sentences, 0, kMostCounted);
  for (const int64_t index : options.keep_contexts) {
    require_count("keep-context", index, 0, kMostCounted);
  }
  for (const int64_t index : options.require_contexts) {
    require_count("require-context", index, 0, kMostCounted);
  }
}

}  // namespace

void validate(const CompressOptions& options) {
  if (options.rate && options.target_tokens) {
    throw Error(ErrorKind::kUsage, "--rate and --target-tokens exclude each other",
                "give one of them");
  }
  if (options.rate) require_share("rate", *options.rate);
  if (options.target_tokens && *options.target_tokens < 1) {
    throw Error(ErrorKind::kUsage,
                "--target-tokens " + std::to_string(*options.target_tokens) + " is out of range",
                "a prompt has at least one token");
  }
  require_share("instruction-rate", options.instruction_rate);
  require_share("question-rate", options.question_rate);
  require_within("granularity", options.granularity.value_or(kGranularity), 1, 100);
  require_within("sentence-granularity",
                 options.sentence_granularity.value_or(kSentenceGranularity), 1, 100);
  require_within("dynamic-ratio", options.dynamic_ratio, 0, 1);
  validate_counts(options);
  for (const auto& pattern : options.keep) Pattern{pattern};
  for (const auto& text : options.keep_tokens) {
    if (text.empty()) throw Error(ErrorKind::kUsage, "--keep-tokens is empty");
    if (!is_utf8(text)) throw Error(ErrorKind::kUsage, "--keep-tokens is not valid UTF-8");
  }
  validate_levels(options);
  quirks_without(options.fixed_quirks);
  reference_arguments({&options.reference_arguments});
  if (options.mode == CompressMode::kReference) {
    validate_reference_mode(options);
  } else if (!options.reference_arguments.is_null() || !options.fixed_quirks.empty()) {
    throw Error(ErrorKind::kUsage, "--args and --fix-quirk are for reference mode",
                "add --mode reference");
  }
}

bool is_ranked(const CompressOptions& options) {
  return options.rank != ContextRank::kAuto && options.rank != ContextRank::kPerplexity;
}

bool has_sentence_level(const CompressOptions& options) {
  return options.sentence_level.value_or(false);
}

UnitKind unit_kind(const CompressOptions& options) {
  if (options.units) return *options.units;
  return options.mode == CompressMode::kLingua ? UnitKind::kWord : UnitKind::kToken;
}

}  // namespace lingua

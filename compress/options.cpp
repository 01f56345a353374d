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

bool protects(const CompressOptions& options) {
  return options.keep_digits || !options.keep.empty() || !options.keep_tokens.empty() ||
         !options.protect.empty();
}

// Reference mode does what the reference does and nothing else.
void validate_mode(const CompressOptions& options) {
  quirks_without(options.fixed_quirks);
  const bool reference = options.mode == CompressMode::kReference;
  if (reference && (protects(options) || options.units || options.instruction_rate < 1 ||
                    options.question_rate < 1)) {
    throw Error(ErrorKind::kUsage,
                "--keep, --keep-tokens, --keep-digits, --protect, --units, --instruction-rate and "
                "--question-rate are not for reference mode",
                "choose --mode lingua, or leave them out");
  }
  if (reference && options.budget_tokenizer != nullptr) {
    throw Error(ErrorKind::kUsage, "--budget-tokenizer is not for reference mode",
                "choose --mode lingua or --mode paper");
  }
  if (reference &&
      (options.rank != ContextRank::kPerplexity || options.reorder != ContextOrder::kGiven)) {
    throw Error(ErrorKind::kUsage, "--rank and --reorder are not for reference mode",
                "its --args have rank_method and reorder_context");
  }
  if (reference && options.form != PromptForm::kPlain) {
    throw Error(ErrorKind::kUsage, "--structured and --structured-json are not for reference mode",
                "choose --mode lingua or --mode paper");
  }
  if (!reference && !(options.reference_arguments.is_null() && options.fixed_quirks.empty())) {
    throw Error(ErrorKind::kUsage, "--args and --fix-quirk are for reference mode",
                "add --mode reference");
  }
  reference_arguments({&options.reference_arguments});
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
  if (!(options.granularity >= 1 && options.granularity <= 100)) {
    refuse("granularity", options.granularity, "[1, 100]");
  }
  if (options.segment_tokens < 1 || options.segment_tokens > 65536) {
    refuse("segment-tokens", static_cast<double>(options.segment_tokens), "[1, 65536]");
  }
  for (const auto& pattern : options.keep) Pattern{pattern};
  for (const auto& text : options.keep_tokens) {
    if (text.empty()) throw Error(ErrorKind::kUsage, "--keep-tokens is empty");
    if (!is_utf8(text)) throw Error(ErrorKind::kUsage, "--keep-tokens is not valid UTF-8");
  }
  validate_mode(options);
}

UnitKind unit_kind(const CompressOptions& options) {
  if (options.units) return *options.units;
  return options.mode == CompressMode::kLingua ? UnitKind::kWord : UnitKind::kToken;
}

CompressMode parse_mode(const std::string& name) {
  if (name == "lingua") return CompressMode::kLingua;
  if (name == "paper") return CompressMode::kPaper;
  if (name == "reference") return CompressMode::kReference;
  throw Error(ErrorKind::kUsage, "--mode " + name + " is not known",
              "choose lingua, paper or reference");
}

std::string mode_name(CompressMode mode) {
  switch (mode) {
    case CompressMode::kLingua:
      return "lingua";
    case CompressMode::kPaper:
      return "paper";
    case CompressMode::kReference:
      return "reference";
  }
  return "";
}

ContextRank parse_rank(const std::string& name) {
  if (name == "perplexity") return ContextRank::kPerplexity;
  if (name == "question") return ContextRank::kQuestion;
  if (name == "bm25") return ContextRank::kBm25;
  if (name == "given") return ContextRank::kGiven;
  throw Error(ErrorKind::kUsage, "--rank " + name + " is not known",
              "choose perplexity, question, bm25 or given");
}

ContextOrder parse_order(const std::string& name) {
  if (name == "given") return ContextOrder::kGiven;
  if (name == "rank") return ContextOrder::kRank;
  if (name == "ends") return ContextOrder::kEnds;
  throw Error(ErrorKind::kUsage, "--reorder " + name + " is not known",
              "choose given, rank or ends");
}

UnitKind parse_units(const std::string& name) {
  if (name == "token") return UnitKind::kToken;
  if (name == "word") return UnitKind::kWord;
  throw Error(ErrorKind::kUsage, "--units " + name + " is not known", "choose token or word");
}

}  // namespace lingua

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compress/json_text.h"
#include "compress/protect.h"
#include "support/json.h"

namespace lingua {

// How units are chosen. The pipeline around it (layout, exact budget, result) is the same for all.
enum class CompressMode {
  kLingua,     // one pass, one budget, whole words (compress/lingua_mode.h)
  kPaper,      // budget controller and ITPC of arXiv 2310.05736
  kReference,  // what llmlingua 0.2.2 does (compress/reference_mode.h)
};

// What stays or goes as one.
enum class UnitKind {
  kToken,   // a token, or a few that make up whole characters
  kWord,    // compress/words.h
  kPhrase,  // compress/phrases.h
};

// What tokens of contexts compete with (compress/token_score.h).
enum class TokenScore {
  kLoss,      // their loss given all before
  kQuestion,  // their loss given the question too
  kContrast,  // the first less the second (LongLLMLingua)
};

// What a prompt is written in.
enum class PromptForm {
  kPlain,
  kTagged,  // compress/tags.h
  kJson,    // its contexts are JSON documents (compress/json_text.h)
};

// Which contexts are dropped last, and come first where they are reordered.
enum class ContextRank {
  kAuto,        // perplexity, or what compress/question_defaults.h says
  kPerplexity,  // the most surprising
  kQuestion,    // those after which the question is least surprising (LongLLMLingua)
  kBm25,        // those that share rare words with the question
  kEmbedding,   // those that mean what the question means, to the model
  kGiven,       // the first
};

// In what order contexts are put out.
enum class ContextOrder {
  kGiven,
  kRank,  // the best first
  kEnds,  // the best at both ends, the worst in the middle
};

// What the model reads in lingua mode.
enum class Effort {
  kAuto,  // kLow where the mode has a choice
  kLow,   // not the contexts that something else than its losses has dropped; of a long prompt a
          // token sees what compress/scoring_window.h says
  kHigh,  // all, before each token what stands before it
};

inline constexpr double kDefaultRate = 0.5;
inline constexpr double kGranularity = 2.0;          // k of Eq. 3
inline constexpr double kSentenceGranularity = 1.4;  // the same for sentences

struct CompressOptions {
  CompressMode mode = CompressMode::kLingua;
  std::optional<UnitKind> units = std::nullopt;  // words in lingua mode, tokens in the paper's
  // Shares are in (0, 1] and of the whole prompt's tokens. Without either the prompt's own budget
  // holds, or kDefaultRate.
  std::optional<double> rate = std::nullopt;
  std::optional<int64_t> target_tokens = std::nullopt;  // >= 1, of the output; excludes `rate`
  // Whose tokens the budget and all counts are in, such as those of the LLM that gets the prompt;
  // null: the model's.
  std::shared_ptr<const Tokenizer> budget_tokenizer = nullptr;
  double instruction_rate = 1.0;  // (0, 1], tau_ins of Eq. 2; 1: whole (the paper has 0.85)
  double question_rate = 1.0;     // (0, 1], tau_que of Eq. 2; 1: whole (the paper has 0.9)
  // Unset ones of these three, and of the rank, are as the constants above say and without a
  // sentence level, or as compress/question_defaults.h says.
  std::optional<double> granularity = std::nullopt;           // k of Eq. 3, in [1, 100]
  std::optional<bool> sentence_level = std::nullopt;          // drop whole sentences before units
  std::optional<double> sentence_granularity = std::nullopt;  // of sentences, in [1, 100]
  ContextRank rank = ContextRank::kAuto;
  ContextOrder reorder = ContextOrder::kGiven;
  TokenScore score = TokenScore::kLoss;
  Effort effort = Effort::kAuto;
  // How much more of the best context remains than of the middle, in [0, 1]; 0: the same of all.
  double dynamic_ratio = 0;
  // The levels. Each may be off, not all of them.
  bool demonstration_level = true;  // drop whole contexts first (section 4.1)
  bool token_level = true;          // then units; off: what the other levels leave stays whole
  int64_t keep_sentences = 0;       // of each context the sentence level keeps so many, >= 0
  int64_t segment_tokens = 100;     // of ITPC (section 4.2; paper mode), in [1, 65536]
  PromptForm form = PromptForm::kPlain;
  JsonRules json_rules = {};     // of the form kJson
  bool compress_system = false;  // system messages of conversations are as others
  // What stays in the output wherever it stands (compress/protect.h). The budget counts it.
  std::vector<std::string> keep = {};         // PCRE2 patterns
  std::vector<std::string> keep_tokens = {};  // literal texts, none empty
  bool keep_digits = false;                   // words with a digit
  std::vector<Protection> protect = {};
  int64_t keep_first_sentences = 0;            // of each context, >= 0
  int64_t keep_last_sentences = 0;             // the same
  std::vector<int64_t> keep_contexts = {};     // as they are; counted from 0 as given
  std::vector<int64_t> require_contexts = {};  // never dropped as a whole; counted alike
  // Reference mode: arguments under the reference's own names, an object or null, ahead of those of
  // a prompt; and quirks that are switched off (compress/reference_quirks.h).
  Json reference_arguments = nullptr;
  std::vector<std::string> fixed_quirks = {};
};

// Throws Error(kUsage) naming the option and the value for one out of its range, for rate and
// target_tokens together, for a pattern that does not compile, and for what the mode does not have.
void validate(const CompressOptions& options);

// Whether contexts are ranked by something else than their perplexity in the pass itself.
bool is_ranked(const CompressOptions& options);

// Whether whole sentences are dropped before units (compress/sentence_choice.h).
bool has_sentence_level(const CompressOptions& options);

// The kind of unit that the options ask for, or that of the mode.
UnitKind unit_kind(const CompressOptions& options);

}  // namespace lingua

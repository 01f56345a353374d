#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/json.h"

namespace lingua {

enum class ReferenceCondition { kNone, kBefore, kAfter };
enum class ReferenceRanker { kLlmlingua, kLongLlmlingua, kBm25, kGzip };
enum class ReferenceReorder { kOriginal, kTwoStage, kRank };

// "+100" and the like: what becomes of the target before contexts are chosen.
struct ContextBudget {
  char operation = '+';  // + - * /
  double number = 100;
};

// Throws Error(kData) for anything but an operation and a number: nothing is evaluated.
ContextBudget parse_context_budget(const std::string& text);
double apply(const ContextBudget& budget, double target);

// The arguments of llmlingua's compress_prompt() that reference mode knows, under their own names
// and with their own defaults.
struct ReferenceArguments {
  double rate = 0.5;             // <= 1, of instruction, question and contexts together
  double target_token = -1;      // tokens of the contexts; -1: by the rate
  int64_t iterative_size = 200;  // tokens a segment, in [1, 65536]
  std::vector<int64_t> force_context_ids;
  std::optional<int64_t> force_context_number;
  bool use_context_level_filter = true;
  bool use_token_level_filter = true;
  bool keep_split = false;
  ContextBudget context_budget;
  ReferenceCondition condition_in_question = ReferenceCondition::kNone;
  bool has_condition = false;  // condition_in_question says "..._condition", or condition_compare
  ReferenceReorder reorder_context = ReferenceReorder::kOriginal;
  double dynamic_context_compression_ratio = 0;  // the spread of rates over the contexts, in [0, 1]
  bool condition_compare = false;
  bool add_instruction = false;
  ReferenceRanker rank_method = ReferenceRanker::kLlmlingua;
  bool concate_question = true;
};

// The arguments of the objects, later ones before earlier ones; null ones are passed over. Throws
// Error(kData) that names the argument when it is unknown, has another type or range, or asks for
// what reference mode does not have (LLMLingua-2, the sentence level, other rankers).
ReferenceArguments reference_arguments(const std::vector<const Json*>& objects);

}  // namespace lingua

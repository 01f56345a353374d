#pragma once

#include <string>

#include "compress/options.h"

namespace lingua {

// The names that options have for people. Each function throws Error(kUsage) for another name.

// "lingua", "paper" or "reference".
CompressMode parse_mode(const std::string& name);
std::string mode_name(CompressMode mode);

// "token", "word" or "phrase".
UnitKind parse_units(const std::string& name);

// "loss", "question" or "contrast".
TokenScore parse_score(const std::string& name);

// "high" or "low".
Effort parse_effort(const std::string& name);

// "perplexity", "question", "bm25", "embedding" or "given".
ContextRank parse_rank(const std::string& name);

// "given", "rank" or "ends".
ContextOrder parse_order(const std::string& name);

// "plain", "tagged" or "json".
PromptForm parse_form(const std::string& name);

}  // namespace lingua

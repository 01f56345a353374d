#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/example.h"
#include "support/json.h"

namespace lingua {

// Two answers to one instruction.
struct AnswerPair {
  std::string instruction;
  std::string first;
  std::string second;
};

// Pairs by instruction, in the order of `first`. Those that only one side has, and those answered
// alike, are left out. Throws Error(kData) when nothing is left; warns of what is left out.
std::vector<AnswerPair> pair_answers(std::span<const Example> first,
                                     std::span<const Example> second);

// What a judge gets, and what tells us later which answer was whose.
struct HumanSheet {
  std::string page;  // HTML to read: pairs in random order, each with its answers as A and B
  std::string form;  // tab-separated, to fill in: a line a pair
  Json key;          // {"format", "version", "first", "second", "seed", "pairs": [{"id", "a"}]}
};

// The same seed gives the same order and sides on every machine. The names go into the key only.
// pairs >= 1
HumanSheet make_human_sheet(std::span<const AnswerPair> pairs, const std::string& first_name,
                            const std::string& second_name, uint64_t seed);

inline constexpr const char* kSheetKeyFormat = "lingua human sheet key";
inline constexpr int kSheetKeyVersion = 1;

}  // namespace lingua

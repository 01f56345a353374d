#pragma once

#include <optional>
#include <string>
#include <vector>

#include "eval/bootstrap.h"
#include "eval/fidelity.h"
#include "eval/gain.h"
#include "support/json.h"

namespace lingua {

// A method at a rate, over all prompts or those of one task.
struct FidelityRow {
  std::string method;
  double rate = 0;          // asked for, of the contexts' tokens
  std::size_t prompts = 0;  // for which it has an output
  double tokens = 0;        // mean, of the whole compressed prompt
  double target = 0;        // mean of its budget
  double fidelity = 0;      // ratio of sums over prompts
  Interval interval = {};   // 95 %, bootstrap over prompts
  // Less that of `against` at the same rate, over prompts for which both have one; none for itself.
  std::optional<double> difference = {};
  Interval difference_interval = {};  // 95 %, paired bootstrap over prompts
  Recall recall = {};
  Share correct = {};  // of those that were answered
};

// The prompts of a task, or all.
struct FidelityGroup {
  std::string name;  // "all", "task NAME"
  std::size_t prompts = 0;
  double tokens = 0;                   // mean, of the whole prompts
  double fixed = 0;                    // mean, of instruction and question
  double information = 0;              // mean of what the contexts say of an answer, nats
  Share none_correct = {};             // with the question alone
  Share full_correct = {};             // with the whole prompt
  std::vector<FidelityRow> rows = {};  // by rate, then by method
};

struct FidelityTable {
  std::string reader;
  std::string against;  // the method that the others are compared with
  std::vector<FidelityGroup> groups;
};

// All prompts first, then those of each task where there are several. `against` is one of the
// methods. Throws Error(kData) when the contexts say nothing of the answers of a group.
FidelityTable fidelity_table(const FidelityMeasurement& measured, const std::string& against,
                             const GainOptions& options);

std::string to_text(const FidelityTable& table);
Json to_json(const FidelityTable& table);

// A line of JSON a prompt: its losses, and tokens, losses and recall of every method at every rate.
std::string details_text(const FidelityMeasurement& measured);

}  // namespace lingua

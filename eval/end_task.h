#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compress/prompt.h"
#include "eval/fidelity_prompt.h"
#include "eval/gain.h"
#include "support/json.h"

namespace lingua {

// How an answer compares with the expected one: lower case, without articles and all that is
// neither letter nor digit, word by word, as SQuAD compares (arXiv 1606.05250, section 6.1).
struct AnswerMatch {
  bool exact = false;
  bool contains = false;  // the expected words stand in it, one after the other
};
AnswerMatch match_answer(const std::string& answer, const std::string& expected);

// A prompt as it is sent.
struct SentPrompt {
  std::string text;
  int64_t tokens = 0;
};

// One way to send prompts.
struct SentForm {
  std::string name;  // "whole prompt", "question alone", "at 50 %"
  std::function<SentPrompt(const Prompt& prompt)> make;
};

// All prompts in one form.
struct EndTaskRow {
  std::string form;
  double tokens = 0;  // mean
  std::size_t exact = 0;
  std::size_t contains = 0;
  double difference = 0;  // share that contains, less that of the first form
  Interval interval;      // of it, 95 %, paired bootstrap over prompts
};

struct EndTaskTable {
  std::string model;         // who answered
  std::size_t prompts = 0;   // that there are
  std::size_t answered = 0;  // in all forms; the rows are of these
  std::vector<EndTaskRow> rows;
};

// Who answers; nothing where asking ended for good.
using Ask = std::function<std::optional<std::string>(const std::string& prompt)>;

// Asks each prompt in all forms before the next one, so that an early end leaves whole comparisons.
// An answer is compared with what is expected where the prompt says it, else with its answer.
// Throws Error(kData) when not one prompt was answered in all forms; what `ask` throws;
// Interrupted.
EndTaskTable measure_end_tasks(std::span<const FidelityPrompt> tasks,
                               std::span<const SentForm> forms, const std::string& model,
                               const Ask& ask, const GainOptions& options);

std::string to_text(const EndTaskTable& table);
Json to_json(const EndTaskTable& table);

}  // namespace lingua

#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "eval/measurement.h"
#include "support/json.h"

namespace lingua {

// Answers of one other LLM beside those of the target to the same instructions.
struct OtherRow {
  std::string name;
  std::size_t instructions = 0;  // that both answered
  double gain = 0;               // on the other's answers, bits per byte
  double target_gain = 0;        // on the target's answers to those instructions
  double difference = 0;         // target_gain - gain
  Interval interval;             // of it, 95 %, paired bootstrap over instructions
};

// Whether alignment learned this target's distribution or any LLM's: what it gained on the target's
// answers less the mean of what it gained on those of others to the same instructions.
struct Specificity {
  std::vector<OtherRow> others;
  std::size_t instructions = 0;  // that the target and another answered
  double value = 0;              // mean of the differences, bits per byte
  Interval interval;             // 95 %, paired bootstrap over instructions
};

// Losses of the answers to one instruction under both models; no bytes where there is no answer.
struct PairedLoss {
  TargetLoss base;
  TargetLoss aligned;
};
struct InstructionLosses {
  PairedLoss target;
  std::vector<PairedLoss> others;  // one an other LLM
};

// By instruction_id(), those that the target and another LLM answered.
std::map<std::string, InstructionLosses> by_instruction(std::span<const TextLosses> texts,
                                                        std::span<const OtherAnswers> others);

// The specificity over the instructions at `indices`, some perhaps repeated.
double specificity_of(std::span<const InstructionLosses> instructions,
                      std::span<const std::size_t> indices);

// Throws Error(kData) when no text of `measured` has an instruction in common with another LLM.
Specificity measure_specificity(const Measurement& measured, const GainOptions& options);

std::string to_text(const Specificity& specificity);
Json to_json(const Specificity& specificity);

}  // namespace lingua

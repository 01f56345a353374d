#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "eval/fidelity_prompt.h"
#include "eval/reader.h"
#include "eval/recall.h"
#include "eval/result_cache.h"
#include "eval/shorten.h"
#include "model/target_loss.h"

namespace lingua {

// What a compressed prompt still carries, for a reader that took no part in compressing: the share
// of what the contexts say about the answer that survives,
//   (NLL(answer | question) - NLL(answer | compressed)) / (NLL(answer | question) - NLL(answer |
//   whole prompt)),
// where the question stands with the instruction. 1: as good as the whole; below 0: worse than
// nothing.

struct FidelityOptions {
  // Shares of the contexts' tokens that stay, each in (0, 1]; instruction and question stay whole.
  std::vector<double> rates = {0.5, 0.33, 0.2, 0.1};
  // Lets the reader answer prompts that have an expected answer.
  bool accuracy = false;
  // Most tokens of such an answer. >= 1
  int64_t answer_tokens = 48;
};

// Throws Error(kUsage) naming the value that cannot be.
void validate(const FidelityOptions& options);

// A way to shorten prompts, and what its rows are called.
struct FidelityMethod {
  std::string name;
  // The prompt of that index in `target` tokens, which are `rate` of its contexts'; nothing where
  // the method has no output for it.
  std::function<std::optional<Shortened>(std::size_t prompt, double rate, int64_t target)> shorten;
};

// One prompt as one method left it at one rate.
struct CompressedReading {
  double nats = 0;     // of the answer
  int64_t tokens = 0;  // of the whole compressed prompt, by the compressor's tokenizer
  int64_t target = 0;  // its budget
  Recall recall = {};
  std::optional<bool> correct = {};  // where an answer was expected and asked for
};

// One prompt with its two ends: nothing but the question, and all of it.
struct FidelityReading {
  std::string id = {};
  std::string task = {};
  double none = 0;  // nats of the answer given the question alone
  double full = 0;  // nats of the answer given the whole prompt
  std::size_t answer_tokens = 0;
  PromptTokens tokens = {};
  std::optional<bool> none_correct = {}, full_correct = {};
  std::vector<std::optional<CompressedReading>> compressed = {};  // method * rates + rate
};

struct FidelityMeasurement {
  std::string reader;  // its name
  std::vector<std::string> methods;
  std::vector<double> rates;
  std::vector<FidelityReading> readings;

  const std::optional<CompressedReading>& at(std::size_t reading, std::size_t method,
                                             std::size_t rate) const {
    return readings[reading].compressed[method * rates.size() + rate];
  }
};

// A reader, and what tells its results in the cache from those of others.
struct NamedReader {
  std::string name;
  std::string identity;  // model_sha256() and the type that it computes in
  const Reader& reader;
};

// Reads every prompt through every method at every rate. `tokenizer` counts. Checks for signals.
FidelityMeasurement measure_fidelity(std::span<const FidelityPrompt> prompts,
                                     std::span<const FidelityMethod> methods,
                                     const NamedReader& reader, const Tokenizer& tokenizer,
                                     const FidelityOptions& options, ResultCache& cache);

}  // namespace lingua

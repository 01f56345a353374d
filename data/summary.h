#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "data/sample.h"
#include "support/json.h"

namespace lingua {

struct DomainSummary {
  std::size_t samples = 0;
  std::size_t tokens = 0;
  std::size_t target_tokens = 0;
};

// What training would see. Lengths are tokens of a sample.
struct DataSummary {
  std::size_t examples = 0;
  std::size_t samples = 0;
  std::size_t cut = 0;             // as in SampleSet
  std::size_t dropped = 0;         // as in SampleSet
  std::size_t unmarked = 0;        // as in SampleSet
  std::size_t without_target = 0;  // as in SampleSet
  std::size_t tokens = 0;
  std::size_t target_tokens = 0;
  std::size_t target_bytes = 0;
  std::size_t min_length = 0;
  std::size_t median_length = 0;  // of an even number the lower one in the middle
  std::size_t max_length = 0;
  // Samples of a length in (half of first, first], shortest first; empty classes within are listed.
  std::vector<std::pair<std::size_t, std::size_t>> histogram;
  std::map<std::string, DomainSummary> by_domain;  // "" for examples without one
};

DataSummary summarize(std::span<const Example> examples, const SampleSet& set);

// The lengths for a person, with a bar a class, and the domains where there are several.
std::string lengths_text(const DataSummary& summary);

// Everything, for a machine.
Json to_json(const DataSummary& summary);

// The sample's text as the model sees it, its targets marked: green on terminals (`colour`), else
// between « and ». Control characters are made harmless.
std::string show_sample(const Sample& sample, const Tokenizer& tokenizer, bool colour);

}  // namespace lingua

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "eval/bootstrap.h"
#include "model/target_loss.h"
#include "support/json.h"

namespace lingua {

// A held-out text under both models. `base` has no tokens where no base was given.
struct TextLosses {
  std::string source;  // file
  std::string domain;  // may be empty
  TargetLoss base;
  TargetLoss aligned;
  std::string id = {};           // text_id() of the example
  std::string instruction = {};  // instruction_id() of the example
  std::size_t example = 0;       // its index
};

// Texts that a row of the table is about.
struct TextGroup {
  std::string name;  // "all", "source FILE", "domain NAME"
  std::vector<std::size_t> members;
};

// One row of the table: all texts, or those of a source or domain.
struct GainRow {
  std::string name;  // of the group
  std::size_t texts = 0;
  std::size_t bytes = 0;
  double base = 0;         // bits per byte of target text
  double aligned = 0;      // bits per byte
  double gain = 0;         // base - aligned, bits per byte
  Interval gain_interval;  // 95 %, paired bootstrap over texts
};

struct GainOptions {
  // Draws of the bootstrap. >= 40
  std::size_t resamples = 2000;
  // Seed of the bootstrap.
  uint64_t seed = 1;
};

// All texts first, then those of each source and of each domain where there are several.
std::vector<TextGroup> text_groups(std::span<const TextLosses> texts);

// Bits per byte that the aligned model saves over the texts at `indices`, some perhaps repeated.
double gain_of(std::span<const TextLosses> texts, std::span<const std::size_t> indices);

// A row a group.
std::vector<GainRow> gain_table(std::span<const TextLosses> texts, const GainOptions& options);

// With `has_base` false only the aligned column is shown.
std::string to_text(std::span<const GainRow> rows, bool has_base);
Json to_json(std::span<const GainRow> rows, bool has_base);

}  // namespace lingua

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/example.h"

namespace lingua {

struct SplitOptions {
  // Share of the prompts that is held out. 0 to 0.5
  double held_out_share = 0.05;
  // Another seed holds out others.
  std::uint64_t seed = 0;
};

// Throws Error(kUsage) naming the value that cannot be.
void validate(const SplitOptions& options);

struct Split {
  std::vector<Example> train;  // both in the order that they were given in
  std::vector<Example> held_out;
};

// What decides on which side an example falls: the user's text before the first answer, or what
// else stands there when the user says nothing.
std::string prompt_text(const Example& example);

// Holds examples out by the SHA-256 of their prompt: the choice depends neither on order nor on
// what else is in the data, and one prompt is never on both sides. With a share above 0 and two
// prompts or more, neither side is empty: the prompt of the least (greatest) hash is moved over.
Split split_by_hash(std::vector<Example> examples, const SplitOptions& options = {});

}  // namespace lingua

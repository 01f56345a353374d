#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "data/example.h"
#include "data/template.h"
#include "model/tokenizer.h"

namespace lingua {

// What happens to an example of more than max_length tokens.
enum class Overlong {
  kCut,     // it loses its end
  kDrop,    // it is left out
  kRefuse,  // it ends the run
};

struct SampleOptions {
  // Longest sample, tokens. 2 to 1048576
  std::size_t max_length = 1024;
  Overlong overlong = Overlong::kCut;
  // Which answers and end tokens are learned.
  Masking masking = {};
};

// Throws Error(kUsage) naming the value that cannot be.
void validate(const SampleOptions& options);

// An example as tokens. Nothing follows the last target: it would cost and teach nothing.
struct Sample {
  std::vector<TokenId> ids;
  std::vector<std::uint8_t> target;  // one an id; 1: the id is predicted with loss. target[0] is 0
  std::size_t target_tokens = 0;     // ones in `target`
  std::size_t target_bytes = 0;      // bytes of answers that the targets spell, 1 for an end token
  std::size_t example = 0;           // index of the example
  double weight = 1.0;               // how often an epoch takes it, on average; > 0
};

// samples.size() + dropped + unmarked + without_target is the number of examples.
struct SampleSet {
  std::vector<Sample> samples;     // in the order of the examples
  std::size_t cut = 0;             // samples that lost their end
  std::size_t dropped = 0;         // left out as too long
  std::size_t unmarked = 0;        // left out: none of their answers is to be learned
  std::size_t without_target = 0;  // left out: cut, they would have no token of an answer
};

// Renders, encodes and cuts. What is cut or left out is counted and warned of. Throws Error(kData)
// when examples are given and none becomes a sample, or when overlong ones are refused (naming the
// first of them).
SampleSet make_samples(std::span<const Example> examples, const Tokenizer& tokenizer,
                       const ChatTemplate& chat, const SampleOptions& options = {});

}  // namespace lingua

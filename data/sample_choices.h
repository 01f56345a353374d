#pragma once

#include <cstdint>
#include <vector>

#include "data/sample.h"
#include "model/token_mass.h"

namespace lingua {

// How much of the target text a comparison by bytes reaches.
struct Coverage {
  std::size_t targets = 0;  // target tokens
  std::size_t scored = 0;   // those at which something is known
  double mass = 0;          // probability that fell to tokens of the model, summed over these
};

// A token of a sample.
struct TokenPlace {
  std::size_t sample = 0;  // index of the sample
  std::size_t token = 0;   // index in its ids
};

// Choices at the tokens of some samples.
class SampleChoices {
 public:
  // One sample after the other, its rows by rising token.
  void begin_sample() { samples_.emplace_back(); }
  void add(std::size_t token, std::span<const TokenMass> choices);

  // What might stand at a token of a sample; empty where nothing is known.
  ChoiceRow at(std::size_t sample, std::size_t token) const;

 private:
  struct Row {
    uint32_t token;
    uint32_t end;  // in `choices`; a row begins where the one before ends
  };
  struct OneSample {
    std::vector<Row> rows;
    std::vector<TokenMass> choices;
  };
  std::vector<OneSample> samples_;
};

// Adds `mass` to the choice of `token`, which is new or known.
void add_mass(std::vector<TokenMass>& choices, TokenId token, double mass);

}  // namespace lingua

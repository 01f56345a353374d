#pragma once

#include <span>

#include "model/tokenizer.h"

namespace lingua {

// The probability that a token comes next.
struct TokenMass {
  TokenId token = 0;
  float mass = 0;  // (0, 1]
  bool operator==(const TokenMass&) const = default;
};

// What is known of the token that comes next: distinct tokens whose masses sum to 1 at the most.
// What they lack of 1 belongs to the other tokens together. Empty: nothing is known.
using ChoiceRow = std::span<const TokenMass>;

}  // namespace lingua

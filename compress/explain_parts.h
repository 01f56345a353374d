#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compress/result.h"

namespace lingua {

// The least of a prompt that a person can be shown: a token, or the few that make up a character.
struct ShownPiece {
  std::string text;  // without control characters other than line feed and tab
  float loss = 0;    // of its tokens the mean, in nats; NaN where none was judged
  float score = 0;
  float threshold = 0;
  Fate fate = Fate::kKept;
};

// A part of the prompt as it is explained; tokens are those of the original prompt.
struct ShownPart {
  std::string title;  // "instruction", "context 2 of 5"
  int64_t tokens = 0;
  int64_t kept_tokens = 0;
  std::optional<float> mean_loss;  // nats a token, of those that were judged
  std::optional<float> least_threshold, most_threshold;
  std::vector<ShownPiece> pieces;  // the part's text, without the blank line after it

  // "120 tokens, 48 stay; mean loss 3.21 nats; threshold 2.80"
  std::string summary() const;
};

// The whole prompt, part by part, empty parts left out.
std::vector<ShownPart> shown_parts(const CompressResult& result);

// How surprising: a loss below so many nats is at that level, one above all of them at the last,
// kSurpriseBounds' size.
inline constexpr float kSurpriseBounds[] = {1, 2, 4, 6, 8};
std::size_t surprise_level(float loss);

// "<1", "<2", ..., ">=8"
std::string surprise_name(std::size_t level);

}  // namespace lingua

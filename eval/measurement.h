#pragma once

#include <string>
#include <vector>

#include "eval/gain.h"

namespace lingua {

// A model that was measured.
struct MeasuredModel {
  std::string name;    // of its file, or as --model names it
  std::string sha256;  // model_sha256()
};

// Another LLM's answers to instructions of the held-out examples.
struct OtherAnswers {
  std::string name;         // of the file
  std::string data_sha256;  // data_sha256() of these answers
  std::vector<TextLosses> texts = {};
};

// What a comparison of two models gave, and what it was made with: all that a later one needs to
// be compared with it.
struct Measurement {
  MeasuredModel base = {};
  MeasuredModel aligned = {};
  std::string dtype = {};        // computed in: fp32 or bf16
  std::size_t max_length = 0;    // of a text, tokens
  std::string data_sha256 = {};  // data_sha256() of the held-out examples
  std::vector<TextLosses> texts = {};
  std::vector<OtherAnswers> others = {};
};

}  // namespace lingua

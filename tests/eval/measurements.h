#pragma once

#include <numbers>
#include <string>

#include "eval/measurement.h"

namespace lingua {

inline TargetLoss bits(double count, std::size_t bytes) {
  return {.nats = count * std::numbers::ln2, .tokens = 1, .bytes = bytes};
}

// `count` texts of ten bytes each, in two domains. The base needs two bits a byte; `saved`(i) bits
// a byte are saved on text i.
template <class Saved>
Measurement measurement(std::size_t count, const Saved& saved) {
  Measurement measured{.base = {"base", "b0"},
                       .aligned = {"aligned.pt", "a0"},
                       .dtype = "fp32",
                       .max_length = 1024,
                       .data_sha256 = std::string(64, 'd')};
  for (std::size_t i = 0; i < count; ++i) {
    measured.texts.push_back({.source = "a.jsonl",
                              .domain = i < count / 2 ? "notes" : "poems",
                              .base = bits(20, 10),
                              .aligned = bits(10 * (2 - saved(i)), 10),
                              .id = "text " + std::to_string(i),
                              .instruction = std::to_string(i),
                              .example = i});
  }
  return measured;
}

}  // namespace lingua

#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "model/loader.h"
#include "model/weight_dtype.h"
#include "support/sha256.h"
#include "tests/cli/run_binary.h"
#include "tests/temporary_folder.h"

namespace lingua::testing {

// Sums in words, something that a tiny model learns in seconds: a line of target output each.
inline std::string sums(int count = 40) {
  std::ostringstream lines;
  for (int i = 1; i <= count; ++i) {
    lines << R"({"prompt": "What is )" << i << R"( plus 2?", "completion": "Start at )" << i
          << ". Count two further: " << i + 1 << ", " << i + 2 << ". The answer is " << i + 2
          << R"(."})"
          << "\n";
  }
  return lines.str();
}

// SHA-256 over the names and bytes of all weights and adapters of an aligned.pt.
inline std::string weights_sha256(const std::string& path) {
  const Model model = load_model(path);
  Sha256 hash;
  for (const TensorMap* tensors : {&model.weights, &model.adapters.tensors}) {
    for (const auto& [name, tensor] : *tensors) {
      hash.update(name);
      hash.update(bytes_of(writable_weight(name, tensor)));
    }
  }
  return hash.hex();
}

// The metrics of a run without what differs from run to run: times, rates and memory.
inline std::vector<Json> timeless_metrics(const std::string& text) {
  std::vector<Json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(Json::parse(line));  // throws where a line is no JSON
    for (const char* name : {"seconds", "tokens_per_second", "peak_memory_bytes"}) {
      lines.back().erase(name);
    }
  }
  return lines;
}

}  // namespace lingua::testing

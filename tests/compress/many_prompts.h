#pragma once

#include <string>
#include <vector>

#include "support/json.h"
#include "tests/cli/run_binary.h"
#include "tests/compress/random_prompt.h"
#include "tests/temporary_folder.h"
#include "tests/tiny_hf_model.h"

namespace lingua {

// A tiny model as a file, and lingua-compress over it.
struct TinyCompress {
  TemporaryFolder folder;
  std::string model = folder.file("tiny.pt");

  TinyCompress() { save_aligned_model(tiny_hf_model(), model); }

  RunResult run(std::vector<std::string> arguments, const RunOptions& options = {}) const {
    arguments.insert(arguments.begin(), {"--model", model, "--dtype", "fp32", "--quiet"});
    return run_binary("lingua-compress", arguments, options);
  }
};

// One prompt a line: a common instruction and a common context before one of their own.
inline std::string prompt_lines(int count, uint32_t seed = 1, int most_pieces = 60) {
  Random random(seed);
  const std::string shared = random_text(random, most_pieces, most_pieces);
  std::string lines;
  for (int i = 0; i < count; ++i) {
    Json prompt = {{"instruction", "Do this."},
                   {"context", {shared, random_text(random, 1, most_pieces)}}};
    if (random.chance(2)) prompt["rate"] = random.number(3, 9) / 10.0;
    if (random.chance(3)) prompt["question"] = "What now?";
    lines += dump_json(prompt) + "\n";
  }
  return lines;
}

}  // namespace lingua

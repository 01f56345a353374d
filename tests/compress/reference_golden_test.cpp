// --mode reference on SmolLM2-135M-Instruct (Apache-2.0) against the output of llmlingua 0.2.2 on
// the same weights. Registered where weights and reference output are present. bench/budget
// compares all of it; here are the prompts that take least time.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "support/json.h"
#include "tests/cli/run_binary.h"

namespace lingua {
namespace {

// Of these prompts each setting: shorter than two segments, and one of several segments.
const std::set<std::string> kCases = {"sports_understanding", "object_counting"};

// And of the one with more contexts than are kept that which ranks by the question.
bool is_chosen(const Json& line) {
  return kCases.contains(line["case"]) || (line["case"] == "snarks" && line["run"] == "long");
}

struct Golden {
  std::string lines;
  std::vector<Json> outputs;
};

Golden chosen_lines() {
  std::ifstream stream(std::string(std::getenv("LINGUA_SHARED")) + "/golden/compress.jsonl");
  Golden golden;
  for (std::string line; std::getline(stream, line);) {
    Json json = parse_json(line, "line", ErrorKind::kData);
    if (!is_chosen(json)) continue;
    golden.lines += line + "\n";
    golden.outputs.push_back(std::move(json));
  }
  return golden;
}

TEST(ReferenceGolden, OutputIsThatOfThePackage) {
  const Golden golden = chosen_lines();
  ASSERT_EQ(golden.outputs.size(), 11u);
  RunOptions options;
  options.input = golden.lines;
  const auto run = run_binary("lingua-compress",
                              {"--model", "smollm2-135m-instruct", "--dtype", "fp32", "--mode",
                               "reference", "--input", "-"},
                              options);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  std::istringstream stream(run.out);
  for (const Json& theirs : golden.outputs) {
    SCOPED_TRACE(dump_json(theirs["case"]) + " " + dump_json(theirs["args"]));
    std::string found;
    ASSERT_TRUE(std::getline(stream, found));
    const Json ours = parse_json(found, "output", ErrorKind::kData);
    EXPECT_EQ(ours["compressed_prompt"], theirs["compressed_prompt"]);
    EXPECT_EQ(ours["origin_tokens"], theirs["origin_tokens"]);
    EXPECT_EQ(ours["compressed_tokens"], theirs["compressed_tokens"]);
  }
}

}  // namespace
}  // namespace lingua

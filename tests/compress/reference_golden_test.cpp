// --mode reference on SmolLM2-135M-Instruct (Apache-2.0) against the output of llmlingua 0.2.2 on
// the same weights. Registered where weights and reference output are present.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "support/json.h"
#include "tests/cli/run_binary.h"

namespace lingua {
namespace {

// The shortest prompt's lines, one for each setting.
constexpr const char* kCase = "sports_understanding";

std::vector<std::string> lines_of_case() {
  std::ifstream stream(std::string(std::getenv("LINGUA_SHARED")) + "/golden/compress.jsonl");
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    if (parse_json(line, "line", ErrorKind::kData)["case"] == kCase) lines.push_back(line);
  }
  return lines;
}

TEST(ReferenceGolden, OutputIsThatOfThePackage) {
  const auto lines = lines_of_case();
  ASSERT_EQ(lines.size(), 5u);
  RunOptions options;
  for (const auto& line : lines) options.input += line + "\n";
  const auto run = run_binary("lingua-compress",
                              {"--model", "smollm2-135m-instruct", "--dtype", "fp32", "--mode",
                               "reference", "--input", "-"},
                              options);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  std::istringstream stream(run.out);
  for (const auto& line : lines) {
    std::string found;
    ASSERT_TRUE(std::getline(stream, found));
    const Json theirs = parse_json(line, "reference", ErrorKind::kData);
    const Json ours = parse_json(found, "output", ErrorKind::kData);
    EXPECT_EQ(ours["compressed_prompt"], theirs["compressed_prompt"]) << theirs["run"];
    EXPECT_EQ(ours["origin_tokens"], theirs["origin_tokens"]);
    EXPECT_EQ(ours["compressed_tokens"], theirs["compressed_tokens"]);
  }
}

}  // namespace
}  // namespace lingua

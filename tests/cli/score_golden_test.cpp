// lingua-score on SmolLM2-135M-Instruct (Apache-2.0) against Python transformers on the same
// weights. Registered where weights and reference output are present.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>

#include "support/json.h"
#include "tests/cli/run_binary.h"

namespace lingua {
namespace {

std::vector<Json> parse_lines(std::istream& stream) {
  std::vector<Json> result;
  for (std::string line; std::getline(stream, line);) {
    result.push_back(parse_json(line, "line", ErrorKind::kData));
  }
  return result;
}

// What the program says about a file of reference output, and that file itself.
struct Compared {
  std::vector<Json> ours, theirs;
};

Compared score(const std::string& name) {
  const std::string path = std::string(std::getenv("LINGUA_SHARED")) + "/golden/" + name;
  const auto result =
      run_binary("lingua-score", {"--model", "smollm2-135m-instruct", "--dtype", "fp32", path});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  std::istringstream ours(result.out);
  std::ifstream theirs(path);
  return {parse_lines(ours), parse_lines(theirs)};
}

TEST(ScoreGolden, IdsOfEveryTextAreEqual) {
  const auto [ours, theirs] = score("tokens.jsonl");
  ASSERT_EQ(theirs.size(), 238u);
  ASSERT_EQ(ours.size(), theirs.size());
  for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_EQ(ours[i]["ids"], theirs[i]["ids"]) << i;
}

TEST(ScoreGolden, LossesAreWithinTwoThousandthsOfANat) {
  const auto [ours, theirs] = score("nll.jsonl");
  ASSERT_EQ(theirs.size(), 15u);
  ASSERT_EQ(ours.size(), theirs.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    EXPECT_EQ(ours[i]["ids"], theirs[i]["ids"]) << "line " << i + 1;
    const auto mine = ours[i]["nll"].get<std::vector<double>>();
    const auto reference = theirs[i]["nll"].get<std::vector<double>>();
    ASSERT_EQ(mine.size(), reference.size()) << "line " << i + 1;
    for (std::size_t j = 0; j < mine.size(); ++j) {
      EXPECT_NEAR(mine[j], reference[j], 2e-3) << "line " << i + 1 << " token " << j + 2;
    }
  }
}

}  // namespace
}  // namespace lingua

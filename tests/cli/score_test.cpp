#include <gtest/gtest.h>

#include "support/json.h"
#include "tests/cli/run_binary.h"
#include "tests/cli/tiny_model_folder.h"
#include "tests/contains.h"

namespace lingua {
namespace {

RunResult score(const std::string& input, std::vector<std::string> arguments = {}) {
  arguments.insert(arguments.begin(), {"--model", tiny_models().hf});
  return run_binary("lingua-score", arguments, {.input = input});
}

Json json_of(const std::string& line) { return parse_json(line, "output", ErrorKind::kData); }

TEST(Score, GivesIdsAndTheLossOfAllButTheFirst) {
  const auto result = score("{\"text\": \"the the\"}\n\n{\"text\": \"<|end|>a\", \"more\": 1}\n");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto end = result.out.find('\n');
  const Json first = json_of(result.out.substr(0, end)), second = json_of(result.out.substr(end));
  EXPECT_EQ(first["ids"], Json({kThe, kSpaceThe}));
  EXPECT_EQ(first["nll"].size(), 1u);
  EXPECT_GT(first["nll"][0].get<double>(), 0);
  EXPECT_EQ(second["ids"], Json({kEnd, 'a'}));
}

TEST(Score, AnEmptyTextHasNoTokens) {
  EXPECT_EQ(score("{\"text\": \"\"}\n").out, "{\"ids\":[],\"nll\":[]}\n");
}

TEST(Score, ReadsSeveralFiles) {
  const TemporaryFolder folder;
  const auto a = folder.write("a.jsonl", "{\"text\": \"a\"}");
  const auto b = folder.write("b.jsonl", "{\"text\": \"b\"}\r\n");
  EXPECT_EQ(score("", {a, b}).out, "{\"ids\":[97],\"nll\":[]}\n{\"ids\":[98],\"nll\":[]}\n");
}

TEST(Score, TextAndJsonLinesAgree) {
  const std::string text = "the cat and the other cat";
  const Json line = json_of(score(dump_json({{"text", text}}) + "\n").out);
  const auto figures = json_of(score(text, {"--text", "--json"}).out);
  double nats = 0;
  for (const auto& loss : line["nll"]) nats += loss.get<double>();
  EXPECT_NEAR(figures["nats"].get<double>(), nats, 1e-3);
  const auto tokens = line["nll"].size();
  EXPECT_EQ(figures["tokens"], tokens);
  EXPECT_EQ(figures["bytes"], text.size() - 3);  // "the" has nothing before it
  EXPECT_NEAR(figures["perplexity"].get<double>(), std::exp(nats / static_cast<double>(tokens)),
              1e-2 * figures["perplexity"].get<double>());
}

TEST(Score, TextLongerThanTheContextIsReadInWindows) {
  std::string text;
  for (int i = 0; i < 1500; ++i) text += " x" + std::to_string(i % 10);
  const auto figures = json_of(score(text, {"--text", "--json"}).out);
  EXPECT_EQ(figures["tokens"], 4499u);  // three bytes a word; the context holds 2048
}

TEST(Score, LinesScoredTogetherAreScoredAsIfAlone) {
  std::string input;
  std::vector<Json> alone;
  for (const std::string text : {"the cat", "a", "", "and the other cat", "the the the"}) {
    const std::string line = dump_json({{"text", text}}) + "\n";
    input += line;
    alone.push_back(json_of(score(line).out));
  }
  std::istringstream together(score(input).out);
  for (const Json& expected : alone) {
    std::string line;
    ASSERT_TRUE(std::getline(together, line));
    const Json scored = json_of(line);
    EXPECT_EQ(scored["ids"], expected["ids"]);
    ASSERT_EQ(scored["nll"].size(), expected["nll"].size());
    for (std::size_t i = 0; i < expected["nll"].size(); ++i) {
      EXPECT_NEAR(scored["nll"][i].get<double>(), expected["nll"][i].get<double>(), 2e-5);
    }
  }
}

TEST(Score, LinesBeforeABadOneAreAnswered) {
  const auto result = score("{\"text\": \"a\"}\n{\"text\": \"b\"}\nplain words\n");
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.out, "{\"ids\":[97],\"nll\":[]}\n{\"ids\":[98],\"nll\":[]}\n");
}

struct Bad {
  std::string input;
  std::vector<std::string> arguments;
  int exit_code;
  std::string message;  // begins the error
  std::string hint;
};

TEST(Score, BadInputIsNamedWithItsPlace) {
  const std::vector<Bad> cases = {
      {"", {}, 3, "standard input: no lines to score", "write one {\"text\": \"...\"} a line"},
      {"\n\n", {}, 3, "standard input: no lines to score", "write one"},
      {"{\"text\": \"a\"}\n{\"text\": 5}\n",
       {},
       3,
       "standard input:2: no string \"text\" in ",
       "write {\"text\": \"...\"}, or use --text"},
      {"plain words\n", {}, 3, "standard input:1: not valid JSON", ""},
      {"{\"text\": \"a\xff\"}\n", {}, 3, "standard input:1: not valid JSON", ""},
      {"", {"--text"}, 3, "standard input: 0 tokens of text, at least 2 are needed", ""},
      {"a", {"--text"}, 3, "standard input: 1 tokens of text, at least 2 are needed", ""},
      {"\xff\xfe", {"--text"}, 3, "standard input: not valid UTF-8", ""},
      {"", {"/nowhere/text"}, 3, "cannot open /nowhere/text: No such file or directory", ""},
      {"", {"/"}, 3, "cannot read /: Is a directory", ""},
      {"", {"--json"}, 2, "--json needs --text", ""},
      {"", {"--dtype", "fp64"}, 2, "--dtype: \"fp64\" is none of fp32|bf16|int8|auto", ""}};
  for (const auto& bad : cases) {
    SCOPED_TRACE(bad.message);
    const auto result = score(bad.input, bad.arguments);
    EXPECT_EQ(result.exit_code, bad.exit_code) << result.err;
    EXPECT_EQ(result.err.find("lingua-score: error: " + bad.message), 0u) << result.err;
    EXPECT_TRUE(contains(result.err, bad.hint));
  }
}

TEST(Score, ATextLongerThanTheContextIsNamedWithItsLine) {
  const auto result = score("{\"text\": \"a\"}\n{\"text\": \"" + std::string(3000, 'x') + "\"}\n");
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_TRUE(contains(result.err, "standard input:2: the text has 3000 tokens"));
}

}  // namespace
}  // namespace lingua

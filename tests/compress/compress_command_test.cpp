// Through the real program, on SmolLM2-135M-Instruct (Apache-2.0).
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <sstream>

#include "support/json.h"
#include "support/utf8.h"
#include "tests/cli/run_binary.h"
#include "tests/contains.h"
#include "tests/paths.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

const std::string kModel = "smollm2-135m-instruct";
const std::string kStory =
    "The ferry left at nine. It carried eighteen cars and two buses.\n\n"
    "On Tuesday it made seven crossings, and on Wednesday only three because of the storm.\n\n"
    "Nobody was hurt, but the captain wrote a long letter to the harbour master.";

RunOptions with_input(std::string text) {
  RunOptions options;
  options.input = std::move(text);
  return options;
}

RunResult compress_with(std::vector<std::string> arguments, const RunOptions& options = {}) {
  arguments.insert(arguments.begin(), {"--model", kModel});
  return run_binary("lingua-compress", arguments, options);
}

std::vector<Json> json_lines(const std::string& text) {
  std::vector<Json> values;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    values.push_back(parse_json(line, "output", ErrorKind::kInternal));
  }
  return values;
}

std::string joined(const Json& prompt) {
  std::string text = prompt["instruction"];
  for (const auto& context : prompt["context"]) text += "\n\n" + context.get<std::string>();
  return text + "\n\n" + prompt["question"].get<std::string>();
}

// What every result promises about the prompt that it was made from.
void expect_sound(const Json& result, const std::string& original) {
  const auto compressed = result["compressed_prompt"].get<std::string>();
  EXPECT_TRUE(is_utf8(compressed));
  std::string rebuilt;
  std::size_t end = 0;
  for (const auto& range : result["kept"]) {
    const std::size_t begin = range[0];
    EXPECT_GE(begin, end);
    end = range[1];
    ASSERT_LE(end, original.size());
    rebuilt += original.substr(begin, end - begin);
  }
  EXPECT_EQ(rebuilt, compressed);
}

const std::vector<std::string> kExamples = {"few_shot_cot", "retrieved_documents",
                                            "meeting_transcript", "long_chat", "source_code"};

void expect_examples_at(double rate) {
  std::vector<std::string> arguments = {"--rate", std::to_string(rate)};
  std::vector<Json> prompts;
  for (const auto& name : kExamples) {
    const std::string path = source_dir() + "/examples/prompts/" + name + ".json";
    arguments.insert(arguments.end(), {"--input", path});
    std::ifstream stream(path);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    prompts.push_back(parse_json(text, path, ErrorKind::kData));
  }
  const auto run = compress_with(arguments);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto results = json_lines(run.out);
  ASSERT_EQ(results.size(), prompts.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    SCOPED_TRACE(kExamples[i]);
    expect_sound(results[i], joined(prompts[i]));
    const double target = std::round(rate * results[i]["origin_tokens"].get<double>());
    EXPECT_NEAR(results[i]["compressed_tokens"].get<double>(), target,
                std::max(2.0, 0.01 * target));
    const auto compressed = results[i]["compressed_prompt"].get<std::string>();
    EXPECT_TRUE(compressed.starts_with(prompts[i]["instruction"].get<std::string>()));
    EXPECT_TRUE(compressed.ends_with(prompts[i]["question"].get<std::string>()));
  }
}

TEST(CompressCommand, ExamplesAtOneHalf) { expect_examples_at(0.5); }
TEST(CompressCommand, ExamplesAtOneThird) { expect_examples_at(0.33); }
// The question of source_code.json alone is nearly a fifth.
TEST(CompressCommand, ExamplesAtOneFifth) { expect_examples_at(0.2); }

TEST(CompressCommand, BareTextIsPrintedCompressedWithASummary) {
  const auto run = compress_with({"--rate", "0.5"}, with_input(kStory));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_FALSE(run.out.empty());
  EXPECT_LT(run.out.size(), kStory.size());
  EXPECT_TRUE(contains(run.err, " tokens (2.0x)"));
}

TEST(CompressCommand, RateOneGivesThePromptBackByteForByte) {
  const std::string text = "\n\na \u6f22 b\n\n\nc\n";
  const auto run = compress_with({"--rate", "1"}, with_input(text));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out, text);
}

TEST(CompressCommand, PartsFromTextAndFileAndAKeptPattern) {
  const TemporaryFolder folder;
  const auto path = folder.write("story.txt", kStory + "\n");
  const auto run = compress_with({"--instruction", "Answer.", "--context", path, "--context",
                                  "The fare is 12 crowns.", "--question", "How many cars?",
                                  "--keep", "12 crowns", "--target-tokens", "30", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto results = json_lines(run.out);
  ASSERT_EQ(results.size(), 1u);
  expect_sound(results[0], "Answer.\n\n" + kStory + "\n\nThe fare is 12 crowns.\n\nHow many cars?");
  EXPECT_NEAR(results[0]["compressed_tokens"].get<int>(), 30, 2);
  EXPECT_TRUE(contains(results[0]["compressed_prompt"].get<std::string>(), "12 crowns"));
}

TEST(CompressCommand, ExplainMarksWhatIsDropped) {
  const TemporaryFolder folder;
  const auto run =
      compress_with({"--explain", "--explain-html", folder.file("why.html")}, with_input(kStory));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(contains(run.out, "== context 2 of 3: "));
  EXPECT_TRUE(contains(run.out, "[-"));
  EXPECT_TRUE(contains(run.out, "-]"));
  EXPECT_TRUE(contains(folder.read("why.html"), "<h2>context 2 of 3</h2>"));
}

TEST(CompressCommand, FateOfEveryToken) {
  const auto run = compress_with({"--json-tokens"}, with_input(kStory));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Json result = json_lines(run.out).at(0);
  expect_sound(result, kStory);
  std::string text, kept;
  for (const auto& token : result["tokens"]) {
    text += token["text"].get<std::string>();
    const bool stays = token["fate"] == "kept" || token["fate"] == "filled";
    if (stays) kept += token["text"].get<std::string>();
    if (!token["score"].is_null() && token["fate"] == "kept") {
      EXPECT_GE(token["score"], token["threshold"]) << token;
    }
  }
  EXPECT_EQ(text, kStory);
  EXPECT_EQ(result["compressed_prompt"], kept);
  EXPECT_EQ(result["parts"].size(), 3u);
  EXPECT_EQ(result["tokens"].size(), result["origin_tokens"]);
}

TEST(CompressCommand, ExplanationsAreForOnePrompt) {
  EXPECT_EQ(compress_with({"--explain-html", "a.html", "--input", "b"}).exit_code, 2);
  EXPECT_EQ(compress_with({"--explain", "--json"}).exit_code, 2);
  EXPECT_EQ(compress_with({"--explain-html", "no/such/folder/a.html"}).exit_code, 3);
}

TEST(CompressCommand, BadLinesArePassedOverOnlyWhenAsked) {
  const TemporaryFolder folder;
  const std::string good = dump_json({{"context", {kStory}}}) + "\n";
  const auto path = folder.write("p.jsonl", good + "{\"context\": 5}\n\n{oops}\n" + good);
  const auto strict = compress_with({"--input", path, "--output", folder.file("out.jsonl")});
  EXPECT_EQ(strict.exit_code, 3);
  EXPECT_TRUE(contains(strict.err, path + ":2: \"context\" is 5"));
  EXPECT_EQ(folder.count(), 1u);  // no half-written output
  const auto lenient =
      compress_with({"--input", path, "--skip-bad", "--output", folder.file("out.jsonl")});
  ASSERT_EQ(lenient.exit_code, 0) << lenient.err;
  EXPECT_EQ(json_lines(folder.read("out.jsonl")).size(), 2u);
  EXPECT_TRUE(contains(lenient.err, path + ":4: not valid JSON"));
  EXPECT_TRUE(contains(lenient.err, "2 skipped"));
}

TEST(CompressCommand, APromptsOwnBudgetHoldsUnlessTheCommandLineHasOne) {
  const std::string line = dump_json({{"context", {kStory}}, {"target_tokens", 20}}) + "\n";
  const auto own = compress_with({"--input", "-"}, with_input(line));
  ASSERT_EQ(own.exit_code, 0) << own.err;
  EXPECT_NEAR(json_lines(own.out)[0]["compressed_tokens"].get<int>(), 20, 2);
  const auto overridden =
      compress_with({"--input", "-", "--target-tokens", "10"}, with_input(line));
  EXPECT_NEAR(json_lines(overridden.out)[0]["compressed_tokens"].get<int>(), 10, 2);
}

TEST(CompressCommand, BudgetsThatCannotBe) {
  const auto above = compress_with({"--target-tokens", "5000"}, with_input(kStory));
  EXPECT_EQ(above.exit_code, 2);
  EXPECT_TRUE(contains(above.err, "the budget of 5000 tokens is above the prompt's "));
  const auto below = compress_with(
      {"--question", "How many cars did the ferry carry on Tuesday?", "--target-tokens", "3"},
      with_input(kStory));
  EXPECT_EQ(below.exit_code, 3);
  EXPECT_TRUE(contains(below.err, "the budget of 3 tokens is too small: what must stay"));
  EXPECT_TRUE(contains(below.err, "hint: ask for at least "));
  EXPECT_EQ(compress_with({"--target-tokens", "0"}).exit_code, 2);
}

TEST(CompressCommand, PromptsThatCannotBeUsed) {
  const auto empty = compress_with({}, with_input(""));
  EXPECT_EQ(empty.exit_code, 3);
  EXPECT_TRUE(contains(empty.err, "the prompt has no context"));
  const auto broken = compress_with({}, with_input("a\xff b c d"));
  EXPECT_EQ(broken.exit_code, 3);
  EXPECT_TRUE(contains(broken.err, "not valid UTF-8"));
  const auto none = compress_with({"--input", "-"}, with_input("\n"));
  EXPECT_EQ(none.exit_code, 3);
  EXPECT_TRUE(contains(none.err, "the input holds no prompts"));
  const auto missing = compress_with({"--input", "no-such-file.jsonl"});
  EXPECT_EQ(missing.exit_code, 3);
  EXPECT_TRUE(contains(missing.err, "no-such-file.jsonl"));
}

TEST(CompressCommand, OptionsThatCannotBe) {
  EXPECT_EQ(compress_with({"--rate", "0"}).exit_code, 2);
  EXPECT_EQ(compress_with({"--rate", "0.5", "--target-tokens", "9"}).exit_code, 2);
  EXPECT_EQ(compress_with({"--keep", "("}).exit_code, 2);
  EXPECT_EQ(compress_with({"--input", "a", "--question", "b"}).exit_code, 2);
  const auto mode = compress_with({"--mode", "fast"});
  EXPECT_EQ(mode.exit_code, 2);
  EXPECT_TRUE(contains(mode.err, R"("fast" is none of lingua|paper|reference)"));
  const auto folder = compress_with({"--output", "no/such/folder/out.txt"});
  EXPECT_EQ(folder.exit_code, 3);
  EXPECT_TRUE(contains(folder.err, "no/such/folder"));
  EXPECT_EQ(run_binary("lingua-compress", {"--rate", "0.5"}).exit_code, 2);
}

TEST(CompressCommand, ModelThatIsNotThere) {
  const auto run = run_binary("lingua-compress", {"--model", "no-such-model"}, with_input(kStory));
  EXPECT_EQ(run.exit_code, 4);
  EXPECT_TRUE(contains(run.err, "no-such-model"));
}

TEST(CompressCommand, FullDiskAndReaderThatHasGone) {
  RunOptions disk = with_input(kStory), pipe = disk;
  disk.output = "/dev/full";
  pipe.reader_gone = true;
  const auto full = compress_with({}, disk);
  EXPECT_EQ(full.exit_code, 3);
  EXPECT_TRUE(contains(full.err, "No space left on device"));
  EXPECT_EQ(compress_with({}, pipe).exit_code, 128 + 13);
}

}  // namespace
}  // namespace lingua

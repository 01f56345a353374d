// What lingua-compress can do beyond a plain prompt, through the real program, on
// SmolLM2-135M-Instruct (Apache-2.0).
#include <gtest/gtest.h>

#include "model/tokenizer.h"
#include "support/json.h"
#include "tests/cli/run_binary.h"
#include "tests/contains.h"
#include "tests/model/tiny_tokenizer.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

const std::string kModel = "smollm2-135m-instruct";

RunResult compress_with(std::vector<std::string> arguments, const std::string& input = "") {
  arguments.insert(arguments.begin(), {"--model", kModel});
  RunOptions options;
  options.input = input;
  return run_binary("lingua-compress", arguments, options);
}

Json parsed(const std::string& text) { return parse_json(text, "output", ErrorKind::kInternal); }

const std::string kCrossing =
    "The crossing from the old harbour takes 5.5 hours in winter and a little less in summer.\n\n"
    "Ask at `desk --open` or see https://example.org/f?x=1 for the fares, dear {name}.\n\n"
    "```sh\nls -l\n\nmake all\n```\nNobody should worry about the weather at all.";

TEST(CompressFeatures, ProtectedKindsStayAndTheBudgetCountsThem) {
  const auto run = compress_with({"--rate", "0.8", "--json", "--keep-tokens", "weather",
                                  "--protect", "code,urls,numbers,placeholders"},
                                 kCrossing);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Json result = parsed(run.out);
  const auto text = result["compressed_prompt"].get<std::string>();
  for (const char* part : {" 5.5", "`desk --open`", "https://example.org/f?x=1", "{name}",
                           "```sh\nls -l\n\nmake all\n```\n", " weather"}) {
    EXPECT_TRUE(contains(text, part));
  }
  EXPECT_EQ(result["budget_met"], true);
  EXPECT_NEAR(result["compressed_tokens"].get<double>(), result["target_tokens"].get<double>(), 2);
}

TEST(CompressFeatures, ProtectedTextAboveTheBudgetIsSaid) {
  const auto run = compress_with({"--rate", "0.1", "--json", "--protect", "code"}, kCrossing);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Json result = parsed(run.out);
  EXPECT_EQ(result["budget_met"], false);
  EXPECT_GT(result["compressed_tokens"].get<int>(), result["target_tokens"].get<int>());
  EXPECT_TRUE(contains(run.err, " tokens is not met: the output has "));
  EXPECT_TRUE(contains(run.err, ", all of which must stay"));
}

const Json kRequest = {
    {"model", "gpt"},
    {"messages",
     {{{"role", "system"}, {"content", "You answer briefly."}},
      {{"role", "user"}, {"content", kCrossing}},
      {{"role", "assistant"}, {"content", "The winter crossing takes five and a half hours."}},
      {{"role", "user"}, {"content", "And in summer?"}}}},
    {"temperature", 0.5}};

TEST(CompressFeatures, AConversationComesOutAsTheRequestThatItWas) {
  const TemporaryFolder folder;
  const auto path = folder.write("chat.json", kRequest.dump(2));
  const auto run = compress_with({"--messages", path, "--rate", "0.5"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Json request = parsed(run.out);
  EXPECT_EQ(request["model"], "gpt");
  EXPECT_EQ(request["temperature"], 0.5);
  ASSERT_EQ(request["messages"].size(), 4u);
  for (const std::size_t whole : {0, 3}) {
    EXPECT_EQ(request["messages"][whole], kRequest["messages"][whole]);
  }
  for (const std::size_t shorter : {1, 2}) {
    const Json &before = kRequest["messages"][shorter], &after = request["messages"][shorter];
    EXPECT_EQ(after["role"], before["role"]);
    EXPECT_LT(after["content"].get<std::string>().size(),
              before["content"].get<std::string>().size());
  }
}

TEST(CompressFeatures, ConversationsAndPromptsInOneFile) {
  Json own = kRequest;
  own["rate"] = 0.4;
  const std::string lines = dump_json(own) + "\n" + dump_json({{"context", kCrossing}}) + "\n" +
                            "{\"messages\": [{\"content\": \"no role\"}]}\n";
  const auto strict = compress_with({"--input", "-"}, lines);
  EXPECT_EQ(strict.exit_code, 3);
  EXPECT_TRUE(contains(strict.err, "standard input:3: messages[0] has no role"));
  const auto run = compress_with({"--input", "-", "--skip-bad"}, lines);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const std::size_t end = run.out.find('\n');
  const Json chat = parsed(run.out.substr(0, end)), prompt = parsed(run.out.substr(end + 1));
  EXPECT_EQ(chat["messages"].size(), 4u);
  EXPECT_NEAR(chat["compressed_tokens"].get<double>(), 0.4 * chat["origin_tokens"].get<double>(),
              2.5);
  EXPECT_EQ(chat["kept"].size(), 4u);
  EXPECT_TRUE(prompt.contains("compressed_prompt"));
}

TEST(CompressFeatures, TagsOfAStructuredPrompt) {
  const auto run = compress_with(
      {"--structured", "--json", "--rate", "0.5"},
      "One: <llmlingua, rate=0.4>The ferry left the harbour at nine in the morning with eighteen "
      "cars and two buses on board.</llmlingua>\n<llmlingua compress=False>Two: I object.\n\n"
      "Really.</llmlingua>\nNobody was hurt, but the captain wrote a long letter.");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Json result = parsed(run.out);
  const auto text = result["compressed_prompt"].get<std::string>();
  EXPECT_TRUE(contains(text, "\nTwo: I object.\n\nReally."));
  EXPECT_FALSE(contains(text, "llmlingua"));
  EXPECT_EQ(result["budget_met"], true);
  const auto open = compress_with({"--structured"}, "a\n<llmlingua>b");
  EXPECT_EQ(open.exit_code, 3);
  EXPECT_TRUE(contains(open.err, "context[0], line 2: <llmlingua> is not closed"));
}

const std::string kDocument = R"({
  "id": 12345678901234567890,
  "price": 1450.00,
  "open": true,
  "captain": "Ingrid \u00d8stby has sailed this coast for thirty years",
  "notes": ["The cafeteria on deck seven has warm meals,\nand the shop sells \"snacks\".", null]
})";

TEST(CompressFeatures, JsonStaysJson) {
  const TemporaryFolder folder;
  const auto rules = folder.write("rules.json", R"({"captain": {"compress": false}})");
  const auto run = compress_with({"--json-config", rules, "--rate", "0.8"}, kDocument);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  for (const char* same : {"\"id\": 12345678901234567890", "\"price\": 1450.00", "\"open\": true",
                           "Ingrid \\u00d8stby has sailed this coast for thirty years\""}) {
    EXPECT_TRUE(contains(run.out, same));
  }
  const Json result = parsed(run.out);
  EXPECT_LT(result["notes"][0].get<std::string>().size(), 60u);
  EXPECT_TRUE(result["notes"][1].is_null());
  const auto broken = compress_with({"--structured-json"}, "{\"a\": }");
  EXPECT_EQ(broken.exit_code, 3);
  EXPECT_TRUE(contains(broken.err, "a context that is to be JSON: not valid JSON"));
}

TEST(CompressFeatures, JsonValuesAsContextsOfAPrompt) {
  const Json prompt = {{"context", {{{"note", kCrossing}, {"n", 5}}, "[\"plain text\"]"}},
                       {"question", "Which?"}};
  const auto run =
      compress_with({"--structured-json", "--rate", "0.6", "--input", "-"}, dump_json(prompt));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const auto text = parsed(run.out)["compressed_prompt"].get<std::string>();
  const std::size_t end = text.find("\n\n");
  EXPECT_EQ(parsed(text.substr(0, end))["n"], 5);
  EXPECT_TRUE(contains(text, "\n\n[\""));
}

TEST(CompressFeatures, TheBudgetInTheTokensOfAnotherModel) {
  const TemporaryFolder folder;
  const auto tokenizer = folder.write("tokenizer.json", tiny_tokenizer_json());
  const auto run = compress_with(
      {"--budget-tokenizer", tokenizer, "--target-tokens", "150", "--json"}, kCrossing);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Json result = parsed(run.out);
  const auto counter = load_tokenizer("tokenizer.json", tiny_tokenizer_json(), "tiny");
  const auto count = [&](const std::string& text) { return counter->encode_ids(text).size(); };
  EXPECT_EQ(result["origin_tokens"], count(kCrossing));
  EXPECT_EQ(result["compressed_tokens"], count(result["compressed_prompt"]));
  EXPECT_NEAR(result["compressed_tokens"].get<double>(), 150, 2);
  EXPECT_EQ(compress_with({"--budget-tokenizer", "no-such-model"}, kCrossing).exit_code, 4);
  EXPECT_EQ(compress_with({"--budget-tokenizer", tokenizer, "--mode", "reference"}).exit_code, 2);
}

TEST(CompressFeatures, ContextsByTheQuestionAndInItsOrder) {
  const Json prompt = {
      {"context",
       {"The library opens at ten on weekdays and lends six books at a time to each reader.",
        "The winter crossing from the harbour takes five and a half hours by ferry.",
        "A choir of forty sings in the church on the hill every second Sunday."}},
      {"question", "How long does the ferry need for the crossing in winter?"}};
  for (const std::string rank : {"bm25", "question"}) {
    SCOPED_TRACE(rank);
    const auto run = compress_with({"--rank", rank, "--reorder", "rank", "--rate", "0.5",
                                    "--granularity", "1", "--input", "-"},
                                   dump_json(prompt));
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const Json result = parsed(run.out);
    EXPECT_EQ(result["context_order"][0], 1);
    EXPECT_TRUE(contains(result["compressed_prompt"].get<std::string>().substr(0, 60), "crossing"));
  }
  const auto none = compress_with({"--rank", "bm25"}, kCrossing);
  EXPECT_EQ(none.exit_code, 3);
  EXPECT_TRUE(contains(none.err, "there is no question to rank contexts by"));
}

TEST(CompressFeatures, ARecoveredResponseHasSpansOfTheOriginal) {
  const TemporaryFolder folder;
  const auto original = folder.write("prompt.txt", kCrossing);
  const auto made = compress_with({"--rate", "0.5", "--json"}, kCrossing);
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const auto result = folder.write("result.json", made.out);
  const auto text = parsed(made.out)["compressed_prompt"].get<std::string>();
  const std::string line = text.substr(0, text.find("\n"));
  const auto recovered = [&](const std::string& compressed) {
    return run_binary("lingua-compress", {"--recover", "It says:" + line, "--original", original,
                                          "--compressed", compressed, "--json"});
  };
  const auto run = recovered(result);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const Json json = parsed(run.out);
  const auto span = json["spans"][0]["original"];
  const std::string whole =
      kCrossing.substr(span[0], span[1].get<std::size_t>() - span[0].get<std::size_t>());
  EXPECT_GT(whole.size(), line.size());
  EXPECT_TRUE(contains(json["recovered"].get<std::string>(), whole));
  // The text alone does too, where words are not to be told from pieces of others; another prompt
  // does not.
  const auto of_text = recovered(folder.write("result.txt", text + "\n"));
  ASSERT_EQ(of_text.exit_code, 0) << of_text.err;
  EXPECT_TRUE(contains(parsed(of_text.out)["recovered"].get<std::string>(),
                       "crossing from the old harbour"));
  folder.write("prompt.txt", "Another prompt.");
  EXPECT_EQ(recovered(result).exit_code, 3);
  EXPECT_EQ(run_binary("lingua-compress", {"--recover", "a"}).exit_code, 2);
}

TEST(CompressFeatures, OptionsOfThePromptThatExcludeEachOther) {
  EXPECT_EQ(compress_with({"--structured", "--structured-json"}).exit_code, 2);
  EXPECT_EQ(compress_with({"--structured", "--mode", "reference"}).exit_code, 2);
  EXPECT_EQ(compress_with({"--messages", "a.json", "--structured"}).exit_code, 2);
  EXPECT_EQ(compress_with({"--json-config", "no-such-file.json"}, "{}").exit_code, 3);
  EXPECT_EQ(compress_with({"--messages", "a.json", "--question", "b"}).exit_code, 2);
  EXPECT_EQ(compress_with({"--messages", "a.json", "--input", "b"}).exit_code, 2);
  EXPECT_EQ(compress_with({"--messages", "no-such-file.json"}).exit_code, 3);
  EXPECT_EQ(compress_with({"--protect", "codes"}).exit_code, 2);
}

}  // namespace
}  // namespace lingua

#include "data/openai_log.h"

#include <gtest/gtest.h>

#include "data/dialects.h"
#include "data/reader.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

using Turns = std::vector<Message>;

Example parse(std::string_view text, LogCounts* counts = nullptr) {
  return parse_example(parse_json(text, "f:1", ErrorKind::kData), "f:1", "auto", counts);
}

constexpr char kMessages[] =
    R"("messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "q"}])";
constexpr char kChoices[] =
    R"("choices": [{"index": 0, "message": {"role": "assistant", "content": "a"}}])";
const Turns kTurns = {{"system", "s"}, {"user", "q"}, {"assistant", "a"}};

TEST(OpenAiLog, RequestAndResponseInAllTheirPlaces) {
  const std::string messages = kMessages, choices = kChoices;
  const std::string lines[] = {
      "{\"request\": {" + messages + "}, \"response\": {" + choices + "}}",
      "{\"request\": {\"url\": \"/v1\", \"body\": {" + messages + "}}, \"response\": {\"body\": {" +
          choices + "}}}",
      "{\"custom_id\": \"x\", \"body\": {" + messages + "}, \"response\": {\"body\": {" + choices +
          "}}}",
      "{" + messages + ", \"response\": {" + choices + "}}",
      "{" + messages + ", " + choices + "}",
  };
  for (const std::string& line : lines) EXPECT_EQ(parse(line).messages, kTurns) << line;
}

TEST(OpenAiLog, TheCompletionsForm) {
  EXPECT_EQ(parse(R"({"prompt": "q", "model": "m", "choices": [{"text": " a"}]})").messages,
            (Turns{{"user", "q"}, {"assistant", " a"}}));
  EXPECT_EQ(
      parse(R"({"request": {"prompt": "q"}, "response": {"choices": [{"text": "a"}]}})").messages,
      (Turns{{"user", "q"}, {"assistant", "a"}}));
}

TEST(OpenAiLog, IdAndModel) {
  const std::string rest = std::string(kMessages) +
                           "}, \"response\": {\"id\": \"c-1\", "
                           "\"model\": \"gpt-x-0101\", " +
                           kChoices + "}}";
  const Example example = parse("{\"request\": {\"model\": \"gpt-x\", " + rest);
  EXPECT_EQ(example.id, "c-1");
  EXPECT_EQ(example.domain, "gpt-x-0101");
  EXPECT_EQ(parse("{\"custom_id\": \"mine\", \"request\": {" + rest).id, "mine");
  EXPECT_EQ(parse("{\"domain\": \"sums\", \"request\": {" + rest).domain, "sums");
}

TEST(OpenAiLog, CountsFurtherChoicesAndUnfinishedAnswers) {
  LogCounts counts;
  parse(R"({"prompt": "q", "choices": [{"text": "a", "finish_reason": "length"},
                                       {"text": "b", "finish_reason": "stop"}]})",
        &counts);
  EXPECT_EQ(counts.further_choices, 1u);
  EXPECT_EQ(counts.unfinished, 1u);
  EXPECT_EQ(counts.recorded, 0u);
}

// "Hé" in three tokens, the character cut in two.
constexpr char kChatLogprobs[] = R"({"content": [
  {"token": "H", "logprob": -0.25, "bytes": [72], "top_logprobs": [
    {"token": "H", "logprob": -0.25, "bytes": [72]},
    {"token": "J", "logprob": -1.5, "bytes": [74]},
    {"token": "Q", "logprob": -9999.0, "bytes": [81]}]},
  {"token": "\\xc3", "logprob": -2.0, "bytes": [195], "top_logprobs": [
    {"token": "e", "logprob": -0.5, "bytes": null}]},
  {"token": "\\xa9", "logprob": 0.0, "bytes": [169], "top_logprobs": []}]})";

const std::vector<RecordedToken> kChatTokens = {
    {"H", {{"H", -0.25}, {"J", -1.5}}},
    {"\xC3", {{"e", -0.5}, {"\xC3", -2.0}}},
    {"\xA9", {{"\xA9", 0.0}}},
};

TEST(Recorded, ChatForm) {
  LogCounts counts;
  const Json logprobs = parse_json(kChatLogprobs, "w", ErrorKind::kData);
  EXPECT_EQ(parse_recorded(logprobs, "H\u00E9", counts), kChatTokens);
  EXPECT_EQ(counts.recorded, 1u);
  EXPECT_EQ(counts.impossible, 1u);
  EXPECT_EQ(counts.unusable, 0u);
}

TEST(Recorded, CompletionsForm) {
  LogCounts counts;
  const Json logprobs = parse_json(R"({
      "tokens": ["H", "bytes:\\xc3", "bytes:\\xa9", "<|endoftext|>"],
      "token_logprobs": [-0.25, -2.0, 0.0005, -0.1],
      "top_logprobs": [{"J": -1.5, "H": -0.25}, {"e": -0.5}, null, null],
      "text_offset": [0, 1, 1, 2]})",
                                   "w", ErrorKind::kData);
  EXPECT_EQ(parse_recorded(logprobs, "H\u00E9", counts), kChatTokens);
  EXPECT_EQ(counts.recorded, 1u);
}

TEST(Recorded, NoneAreNoFault) {
  LogCounts counts;
  for (const char* text : {"null", R"({"content": null})"}) {
    EXPECT_TRUE(parse_recorded(parse_json(text, "w", ErrorKind::kData), "a", counts).empty());
  }
  EXPECT_EQ(counts.unusable, 0u);
}

TEST(Recorded, WhatDoesNotFitTheAnswerIsCountedAndLeftOut) {
  constexpr const char* kTexts[] = {
      "3",
      R"({"content": 3})",
      R"({"content": []})",
      R"({"content": ["a"]})",
      R"({"content": [{"logprob": -1}]})",
      R"({"content": [{"token": "a"}]})",
      R"({"content": [{"token": "a", "logprob": 0.5}]})",
      R"({"content": [{"token": "a", "logprob": "-1"}]})",
      R"({"content": [{"token": "b", "logprob": -1}]})",
      R"({"content": [{"token": "a", "logprob": -1}, {"token": "b", "logprob": -1}]})",
      R"({"content": [{"token": "a", "bytes": [98], "logprob": -1}]})",
      R"({"content": [{"token": "a", "bytes": [353], "logprob": -1}]})",
      R"({"content": [{"token": "a", "bytes": "a", "logprob": -1}]})",
      R"({"content": [{"token": "a", "logprob": -1, "top_logprobs": [{"token": 1}]}]})",
      R"({"tokens": ["a"]})",
      R"({"tokens": ["a"], "token_logprobs": []})",
      R"({"tokens": [1], "token_logprobs": [-1]})",
      R"({"tokens": ["a"], "token_logprobs": [null]})",
      R"({"tokens": ["ab"], "token_logprobs": [-1]})",
      R"({"tokens": ["a"], "token_logprobs": [-1], "top_logprobs": [{"a": "b"}]})",
  };
  LogCounts counts;
  for (const char* text : kTexts) {
    const Json logprobs = parse_json(text, "w", ErrorKind::kData);
    EXPECT_TRUE(parse_recorded(logprobs, "a", counts).empty()) << text;
  }
  EXPECT_EQ(counts.unusable, std::size(kTexts));
  EXPECT_EQ(counts.recorded, 0u);
}

TEST(OpenAiLog, ThroughTheReader) {
  const TemporaryFolder folder;
  std::string logprobs = kChatLogprobs;
  std::erase(logprobs, '\n');
  const auto line = [&logprobs](const std::string& answer) {
    return R"({"prompt": "q", "choices": [{"message": {"role": "assistant", "content": ")" +
           answer + R"("}, "logprobs": )" + logprobs + "}]}\n";
  };
  testing::internal::CaptureStderr();
  const ReadResult result = read_examples({folder.write("f", line("H\u00E9") + line("Ho"))});
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "lingua: warning: 1 answer read without log-probabilities, whose tokens do not spell "
            "them\n");
  ASSERT_EQ(result.examples.size(), 2u);
  EXPECT_EQ(result.examples[0].messages[1].recorded, kChatTokens);
  EXPECT_TRUE(result.examples[1].messages[1].recorded.empty());
  EXPECT_EQ(result.logs.recorded, 1u);
  EXPECT_EQ(result.logs.unusable, 1u);
}

}  // namespace
}  // namespace lingua

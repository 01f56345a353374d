#include "data/dialects.h"

#include <gtest/gtest.h>

#include "tests/error_of.h"

namespace lingua {
namespace {

Example parse(std::string_view text, const std::string& format = "auto") {
  return parse_example(parse_json(text, "f:1", ErrorKind::kData), "f:1", format);
}

std::string refusal(std::string_view text, const std::string& format = "auto") {
  const auto error = error_of([&] { parse(text, format); });
  return error ? error->what() : "";
}

using Turns = std::vector<Message>;

TEST(Dialects, PromptAndCompletion) {
  EXPECT_EQ(parse(R"({"prompt": "Why?", "completion": " Because. "})").messages,
            (Turns{{"user", "Why?"}, {"assistant", " Because. "}}));
}

TEST(Dialects, AlpacaPutsTheInputBehindABlankLine) {
  EXPECT_EQ(parse(R"({"instruction": "Sum", "input": "1 2", "output": "3"})").messages,
            (Turns{{"user", "Sum\n\n1 2"}, {"assistant", "3"}}));
  for (const char* text : {R"({"instruction": "Sum", "input": "", "output": "3"})",
                           R"({"instruction": "Sum", "input": null, "output": "3"})",
                           R"({"instruction": "Sum", "output": "3"})"}) {
    EXPECT_EQ(parse(text).messages, (Turns{{"user", "Sum"}, {"assistant", "3"}})) << text;
  }
}

TEST(Dialects, MessagesKeepAllTurns) {
  EXPECT_EQ(
      parse(R"({"messages": [{"role": "system", "content": ""},
                                   {"role": "user", "content": "a", "name": "x"},
                                   {"role": "assistant", "content": "b"},
                                   {"role": "user", "content": "c"},
                                   {"role": "assistant", "content": "d"}]})")
          .messages,
      (Turns{
          {"system", ""}, {"user", "a"}, {"assistant", "b"}, {"user", "c"}, {"assistant", "d"}}));
}

TEST(Dialects, MessagesTakePartsMarksAndDevelopers) {
  EXPECT_EQ(parse(R"({"messages": [
                {"role": "developer", "content": "s"},
                {"role": "user", "content": [{"type": "text", "text": "a"},
                                             {"type": "text", "text": "b"}]},
                {"role": "assistant", "content": "c", "weight": 0},
                {"role": "assistant", "content": "d", "weight": 1},
                {"role": "assistant", "content": "e", "train": false},
                {"role": "assistant", "content": "f", "train": true}]})")
                .messages,
            (Turns{{"system", "s"},
                   {"user", "ab"},
                   {"assistant", "c", {}, false},
                   {"assistant", "d"},
                   {"assistant", "e", {}, false},
                   {"assistant", "f"}}));
}

TEST(Dialects, ShareGpt) {
  EXPECT_EQ(parse(R"({"id": "abc_0", "conversations": [{"from": "human", "value": "a"},
                                                       {"from": "gpt", "value": "b"},
                                                       {"from": "user", "value": "c"},
                                                       {"from": "chatgpt", "value": "d"}]})")
                .messages,
            (Turns{{"user", "a"}, {"assistant", "b"}, {"user", "c"}, {"assistant", "d"}}));
  EXPECT_EQ(parse(R"({"system": "s", "conversations": [{"from": "human", "value": "a"},
                                                       {"from": "gpt", "value": "b"}]})")
                .messages,
            (Turns{{"system", "s"}, {"user", "a"}, {"assistant", "b"}}));
  EXPECT_EQ(parse(R"({"system": "s", "conversations": [{"from": "system", "value": "own"},
                                                       {"from": "gpt", "value": "b"}]})")
                .messages,
            (Turns{{"system", "own"}, {"assistant", "b"}}));
  EXPECT_EQ(parse(R"({"conversations": [{"role": "user", "content": "a"},
                                        {"role": "assistant", "content": "b"}]})")
                .messages,
            (Turns{{"user", "a"}, {"assistant", "b"}}));
}

TEST(Dialects, IdAndDomain) {
  const std::string rest = R"("prompt": "p", "completion": "c"})";
  EXPECT_EQ(parse(R"({"id": "x-1", )" + rest).id, "x-1");
  EXPECT_EQ(parse(R"({"id": 17, )" + rest).id, "17");
  EXPECT_EQ(parse(R"({"id": [1], )" + rest).id, "");
  EXPECT_EQ(parse(R"({"domain": "d", "model": "m", )" + rest).domain, "d");
  EXPECT_EQ(parse(R"({"model": "m", "category": "k", )" + rest).domain, "k");
  EXPECT_EQ(parse(R"({"generator": "g", )" + rest).domain, "g");
  EXPECT_EQ(parse(R"({"domain": " ", "category": 3, "model": "m", )" + rest).domain, "m");
  EXPECT_EQ(parse("{" + rest).domain, "");
}

TEST(Dialects, AnObjectOfSeveralIsOfTheFirst) {
  const std::string_view both =
      R"({"prompt": "p", "completion": "c", "instruction": "i", "output": "o"})";
  EXPECT_EQ(parse(both).messages[1].content, "c");
  EXPECT_EQ(parse(both, "alpaca").messages[1].content, "o");
}

TEST(Dialects, AFormatAskedForIsHeldTo) {
  EXPECT_EQ(refusal(R"({"prompt": "p", "completion": "c"})", "alpaca"),
            "f:1: \"instruction\" is missing");
  EXPECT_EQ(refusal(R"({"prompt": "p", "completion": "c"})", "messages"),
            "f:1: \"messages\" is missing");
}

TEST(Dialects, UnknownFormatNamesTheNearest) {
  const auto error = error_of([] { require_dialect("alpacca"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kUsage);
  EXPECT_STREQ(error->what(),
               "unknown data format \"alpacca\"; known are auto, messages, prompt-completion, "
               "alpaca, sharegpt, openai");
  EXPECT_EQ(error->hint(), "did you mean alpaca?");
  for (const std::string& name : dialect_names()) EXPECT_NO_THROW(require_dialect(name));
}

}  // namespace
}  // namespace lingua

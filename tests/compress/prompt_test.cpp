#include "compress/prompt.h"

#include <gtest/gtest.h>

#include "tests/compress/fixtures.h"
#include "tests/error_of.h"

namespace lingua {
namespace {

Prompt parse(const std::string& text) {
  return prompt_from_json(parse_json(text, "p.jsonl:3", ErrorKind::kData), "p.jsonl:3");
}

std::string message_of(const std::string& text) {
  const auto error = error_of([&] { parse(text); });
  if (!error) return "no error";
  EXPECT_EQ(error->kind(), ErrorKind::kData) << text;
  return error->what();
}

TEST(Prompt, JsonWithAllFieldsAndOneThatIsPassedOver) {
  const Prompt prompt = parse(
      R"({"id": 7, "instruction": "Do.", "context": ["a", "b"], "question": "Why?", "rate": 0.35})");
  EXPECT_EQ(prompt.instruction, "Do.");
  EXPECT_EQ(prompt.context, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(prompt.question, "Why?");
  EXPECT_DOUBLE_EQ(prompt.rate.value(), 0.35);
  EXPECT_FALSE(prompt.target_tokens);
}

TEST(Prompt, JsonWithContextAsOneStringAndNulls) {
  const Prompt prompt =
      parse(R"({"instruction": null, "context": "a", "rate": null, "target_tokens": 12})");
  EXPECT_EQ(prompt.instruction, "");
  EXPECT_EQ(prompt.context, std::vector<std::string>{"a"});
  EXPECT_EQ(prompt.target_tokens.value(), 12);
}

TEST(Prompt, RateInPercentAsTheReferencePackageWritesIt) {
  EXPECT_DOUBLE_EQ(parse(R"({"rate": "52.5%"})").rate.value(), 0.525);
}

TEST(Prompt, WrongFieldsAreNamedWithTheirPlace) {
  EXPECT_EQ(message_of("[1]"), "p.jsonl:3: a prompt is a JSON object, not array");
  EXPECT_EQ(message_of(R"({"instruction": 5})"), "p.jsonl:3: \"instruction\" is 5, not a string");
  EXPECT_EQ(message_of(R"({"context": ["a", 5]})"), "p.jsonl:3: \"context[1]\" is 5, not a string");
  EXPECT_EQ(message_of(R"({"context": 5})"),
            "p.jsonl:3: \"context\" is 5, not a string or a list of strings");
  EXPECT_EQ(message_of(R"({"rate": 1.5})"), "p.jsonl:3: \"rate\" is 1.5, not a number in (0, 1]");
  EXPECT_EQ(message_of(R"({"rate": "1/2"})"),
            "p.jsonl:3: \"rate\" is \"1/2\", not a number in (0, 1]");
  EXPECT_EQ(message_of(R"({"target_tokens": 0})"),
            "p.jsonl:3: \"target_tokens\" is 0, not a whole number of at least 1");
  EXPECT_EQ(message_of(R"({"target_tokens": 2.5})"),
            "p.jsonl:3: \"target_tokens\" is 2.5, not a whole number of at least 1");
  EXPECT_EQ(message_of(R"({"rate": 0.5, "target_tokens": 5})"),
            "p.jsonl:3: both \"rate\" and \"target_tokens\" are given");
}

TEST(Prompt, WholeTextJoinsWhatIsNotEmpty) {
  const PromptText whole = whole_text(make_prompt("", {"one", "", "two"}, "Q"));
  EXPECT_EQ(whole.text, "one\n\ntwo\n\nQ");
  ASSERT_EQ(whole.parts.size(), 3u);
  EXPECT_EQ(whole.parts[1].bytes, (ByteRange{5, 8}));
  EXPECT_EQ(whole.parts[1].kind, PartKind::kContext);
  EXPECT_EQ(whole.parts[2].bytes, (ByteRange{10, 11}));
  EXPECT_EQ(whole.parts[2].kind, PartKind::kQuestion);
}

TEST(Prompt, BareTextIsCutAtBlankLines) {
  EXPECT_EQ(prompt_from_text("a\nb\n\nc").context, (std::vector<std::string>{"a\nb", "c"}));
  EXPECT_EQ(prompt_from_text("a\n\n\n\nb").context, (std::vector<std::string>{"a", "\n\nb"}));
  EXPECT_EQ(prompt_from_text("\n\na\n\n").context, (std::vector<std::string>{"\n\na\n\n"}));
  EXPECT_EQ(prompt_from_text("\n\n").context, (std::vector<std::string>{"\n\n"}));
  EXPECT_TRUE(prompt_from_text("").context.empty());
}

TEST(Prompt, BareTextIsWhatItsContextsJoinTo) {
  for (const std::string text :
       {"a", "a\n", "\n", "\n\n\n", "a\n\nb", "a\n\n\nb\n\n\n\n\nc\n", "\n\na\n\n\nb\n\n"}) {
    EXPECT_EQ(whole_text(prompt_from_text(text)).text, text);
  }
}

}  // namespace
}  // namespace lingua

#include "compress/tags.h"

#include <gtest/gtest.h>

#include "tests/error_of.h"

namespace lingua {
namespace {

using Ranges = std::vector<ByteRange>;
using Spans = std::vector<RatedSpan>;

std::string failure(const std::string& text) {
  const auto error = error_of([&] { without_tags(text, "context[0]"); });
  if (!error) return "";
  EXPECT_EQ(error->kind(), ErrorKind::kData);
  return error->what();
}

TEST(Tags, GiveSharesAndFixedText) {
  const auto tagged = without_tags(
      "a<llmlingua rate=0.4>bc</llmlingua><llmlingua, compress=False>de</llmlingua>f", "");
  EXPECT_EQ(tagged.text, "abcdef");
  EXPECT_EQ(tagged.spans, (Spans{{{1, 3}, 0.4}}));
  EXPECT_EQ(tagged.fixed, (Ranges{{3, 5}}));
}

TEST(Tags, AttributesInEveryWayOfWriting) {
  const auto spans = [](const std::string& attributes) {
    return without_tags("<llmlingua" + attributes + ">x</llmlingua>", "").spans;
  };
  EXPECT_EQ(spans(", rate=0.5, compress=True"), (Spans{{{0, 1}, 0.5}}));
  EXPECT_EQ(spans(" compress=true rate=\"50%\" "), (Spans{{{0, 1}, 0.5}}));
  EXPECT_EQ(spans(" rate='0'"), (Spans{{{0, 1}, 0}}));
  EXPECT_EQ(spans(""), Spans{});
  EXPECT_EQ(spans(",compress=False,rate=0.5"), Spans{});
}

TEST(Tags, TextThatOnlyLooksLikeATagStays) {
  EXPECT_EQ(without_tags("a <llmlinguas> b <b> < llmlingua>", "").text,
            "a <llmlinguas> b <b> < llmlingua>");
  EXPECT_EQ(without_tags("<llmlingua rate=0.5>1 < 2</llmlingua>", "").text, "1 < 2");
  EXPECT_EQ(without_tags("<llmlingua rate=0.5></llmlingua>a", "").spans, Spans{});
}

TEST(Tags, ErrorsNameTheLine) {
  EXPECT_EQ(failure("a\n<llmlingua>b"), "context[0], line 2: <llmlingua> is not closed");
  EXPECT_EQ(failure("a\n<llmlingua"), "context[0], line 2: <llmlingua has no >");
  EXPECT_EQ(failure("a</llmlingua>"), "context[0], line 1: </llmlingua> closes no tag");
  EXPECT_EQ(failure("<llmlingua>a\n<llmlingua>b</llmlingua></llmlingua>"),
            "context[0], line 2: <llmlingua> within another");
  EXPECT_EQ(failure("<llmlingua rate=2>a</llmlingua>"),
            "context[0], line 1: rate=\"2\" is no share");
  EXPECT_EQ(failure("<llmlingua rate=x>a</llmlingua>"),
            "context[0], line 1: rate=\"x\" is no share");
  EXPECT_EQ(failure("<llmlingua compress=no>a</llmlingua>"),
            "context[0], line 1: compress=\"no\" is neither True nor False");
  EXPECT_EQ(failure("<llmlingua ratio=1>a</llmlingua>"),
            "context[0], line 1: \"ratio\" is no attribute of <llmlingua>");
}

TEST(Tags, RangesOfAPromptCountFromItsBeginning) {
  Prompt prompt;
  prompt.instruction = "<llmlingua rate=0.5>Do</llmlingua>";
  prompt.context = {"<llmlingua></llmlingua>", "a<llmlingua compress=False>b</llmlingua>"};
  prompt.question = "Why";
  prompt.rate = 0.3;
  const PromptText text = text_of_tagged(prompt);
  EXPECT_EQ(text.text, "Do\n\nab\n\nWhy");
  EXPECT_EQ(text.spans, (Spans{{{0, 2}, 0.5}}));
  EXPECT_EQ(text.fixed, (Ranges{{5, 6}}));
  EXPECT_EQ(text.parts.size(), 3u);
  EXPECT_EQ(text.rate, 0.3);
}

TEST(Tags, BlankLinesWithinATagDoNotCutIt) {
  EXPECT_EQ(join_within_tags({"a", "<llmlingua>b", "c", "d</llmlingua> e", "f"}),
            (std::vector<std::string>{"a", "<llmlingua>b\n\nc\n\nd</llmlingua> e", "f"}));
}

}  // namespace
}  // namespace lingua

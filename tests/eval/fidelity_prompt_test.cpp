#include "eval/fidelity_prompt.h"

#include <gtest/gtest.h>

#include "eval/peer_outputs.h"
#include "eval/reader.h"
#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

std::string refusal(const std::string& lines) {
  const TemporaryFolder folder;
  const auto path = folder.write("p.jsonl", lines);
  const auto error = error_of([&] { read_fidelity_prompts({path}); });
  return error && error->kind() == ErrorKind::kData ? error->what() : "";
}

TEST(FidelityPrompt, IsAPromptWithItsAnswer) {
  const TemporaryFolder folder;
  const auto path =
      folder.write("p.jsonl",
                   "{\"context\": [\"a\", \"b\"], \"question\": \"q\", \"answer\": \"x\"}\n\n"
                   "{\"id\": \"two\", \"task\": \"t\", \"instruction\": \"i\", \"context\": \"c\", "
                   "\"answer\": \"y\", \"expected\": \"z\"}\n");
  const auto prompts = read_fidelity_prompts({path});
  ASSERT_EQ(prompts.size(), 2u);
  EXPECT_EQ(prompts[0].id, "1");
  EXPECT_EQ(prompts[0].answer, "x");
  EXPECT_EQ(context_text(prompts[0].prompt), "a\n\nb");
  EXPECT_EQ(text_without_context(prompts[0].prompt), "q");
  EXPECT_EQ(prompts[1].id, "two");
  EXPECT_EQ(prompts[1].task, "t");
  EXPECT_EQ(prompts[1].expected, "z");
  EXPECT_EQ(text_without_context(prompts[1].prompt), "i");
}

TEST(FidelityPrompt, WhatCannotBeMeasuredIsNamed) {
  EXPECT_TRUE(
      contains(refusal("{\"context\": \"c\"}\n"), "p.jsonl:1: the prompt has no \"answer\""));
  EXPECT_TRUE(contains(refusal("{\"question\": \"q\", \"answer\": \"a\"}\n"), "no context"));
  EXPECT_TRUE(
      contains(refusal("{\"context\": \"c\", \"answer\": 3}\n"), "\"answer\" is no string"));
  EXPECT_TRUE(contains(refusal("{\"id\": \"a\", \"context\": \"c\", \"answer\": \"x\"}\n"
                               "{\"id\": \"a\", \"context\": \"c\", \"answer\": \"x\"}\n"),
                       "p.jsonl:2: the id \"a\" stood before"));
  EXPECT_TRUE(contains(refusal("\n"), "holds no prompts"));
}

TEST(FidelityPrompt, RetentionAsksForTheContext) {
  FidelityPrompt prompt;
  prompt.prompt.context = {"one", "two"};
  prompt.prompt.question = "which?";
  prompt.answer = "one";
  prompt.expected = "one";
  const FidelityPrompt whole = retention_of(prompt);
  EXPECT_EQ(whole.answer, "\none\n\ntwo");
  EXPECT_EQ(whole.prompt.question, "The text above, in full:");
  EXPECT_EQ(whole.expected, "");
}

TEST(PeerOutputs, AreFoundByMethodIdAndRate) {
  const TemporaryFolder folder;
  const auto path = folder.write(
      "peer.jsonl",
      "{\"id\": \"1\", \"rate\": 0.33, \"compressed_prompt\": \"c\"}\n"
      "{\"id\": \"1\", \"rate\": 0.33, \"compressed_prompt\": \"d\", \"method\": \"other\"}\n");
  const auto peers = PeerOutputs::read({path});
  EXPECT_EQ(peers.methods(), std::vector<std::string>({"peer", "other"}));
  ASSERT_NE(peers.find("peer", "1", 0.33), nullptr);
  EXPECT_EQ(*peers.find("other", "1", 0.33), "d");
  EXPECT_EQ(peers.find("peer", "1", 0.5), nullptr);
  EXPECT_EQ(peers.find("peer", "2", 0.33), nullptr);
  const auto twice =
      folder.write("twice.jsonl", folder.read("peer.jsonl") + folder.read("peer.jsonl"));
  const auto error = error_of([&] { PeerOutputs::read({twice}); });
  ASSERT_TRUE(error);
  EXPECT_TRUE(contains(error->what(), "twice.jsonl:3"));
  EXPECT_TRUE(error_of([&] { PeerOutputs::read({folder.write("x.jsonl", "{\"id\": 1}\n")}); }));
}

TEST(PeerOutputs, ALineThatIsTooLongIsNotCutOff) {
  const TemporaryFolder folder;
  const std::string text((std::size_t{64} << 20) + 1, 'x');
  const auto path = folder.write(
      "long.jsonl", R"({"id": "1", "rate": 0.5, "compressed_prompt": ")" + text + "\"}\n");
  const auto error = error_of([&] { PeerOutputs::read({path}); });
  ASSERT_TRUE(error);
  EXPECT_TRUE(contains(error->what(), "long.jsonl:1: the line is too long"));
}

TEST(SameAnswer, ComparesWords) {
  EXPECT_TRUE(same_answer("The 1,200 euros.", "1,200 Euros"));
  EXPECT_TRUE(same_answer("68, 9, 3.5", "68,9,3.5") == false);  // "68,9,3.5" is one number
  EXPECT_TRUE(same_answer("18, 7", "18, 7."));
  EXPECT_FALSE(same_answer("18, 7, 3", "18, 7"));
  EXPECT_FALSE(same_answer("", "18"));
}

}  // namespace
}  // namespace lingua

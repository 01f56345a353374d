#include "compress/demonstrations.h"

#include <gtest/gtest.h>

#include <cmath>

#include "compress/single_pass.h"
#include "tests/compress/fixtures.h"

namespace lingua {
namespace {

std::vector<std::size_t> kept_parts(std::vector<Demonstration> demonstrations, double budget) {
  const std::size_t count = choose_demonstrations(demonstrations, budget);
  std::vector<std::size_t> parts;
  for (std::size_t i = 0; i < count; ++i) parts.push_back(demonstrations[i].part);
  return parts;
}

TEST(Demonstrations, MostSurprisingFirstUntilTheBudgetWouldBePassed) {
  const std::vector<Demonstration> three = {{1, 100, 2.0f}, {2, 100, 3.0f}, {3, 100, 2.5f}};
  EXPECT_EQ(kept_parts(three, 200), (std::vector<std::size_t>{2, 3}));
  EXPECT_EQ(kept_parts(three, 199), (std::vector<std::size_t>{2}));
  EXPECT_EQ(kept_parts(three, 300), (std::vector<std::size_t>{2, 3, 1}));
}

TEST(Demonstrations, TheFirstIsKeptThoughItPassesTheBudget) {
  EXPECT_EQ(kept_parts({{1, 100, 2.0f}, {2, 100, 3.0f}}, 10), (std::vector<std::size_t>{2}));
}

TEST(Demonstrations, ChoiceEndsAtTheFirstThatDoesNotFit) {
  EXPECT_EQ(kept_parts({{1, 50, 3.0f}, {2, 100, 2.0f}, {3, 10, 1.0f}}, 70),
            (std::vector<std::size_t>{1}));
}

TEST(Demonstrations, EqualLossesKeepTheOrderOfTheText) {
  EXPECT_EQ(kept_parts({{1, 10, 2.0f}, {2, 10, 2.0f}, {3, 10, 2.0f}}, 20),
            (std::vector<std::size_t>{1, 2}));
}

TEST(Demonstrations, WhatIsRequiredComesFirstAndStaysWithoutRoom) {
  EXPECT_EQ(kept_parts({{1, 50, 3.0f}, {2, 100, 1.0f, true}, {3, 100, 2.0f, true}}, 10),
            (std::vector<std::size_t>{3, 2}));
  EXPECT_EQ(kept_parts({{1, 50, 3.0f}, {2, 20, 4.0f}, {3, 100, 2.0f, true}}, 120),
            (std::vector<std::size_t>{3, 2}));
}

TEST(Demonstrations, LossIsTheMeanOverTheContext) {
  const Prompt prompt = make_prompt("I", {"aab", "b"}, "b");
  const Layout layout = lay_out(prompt, ByteTokenizer());
  const auto losses =
      mean_losses_of_parts(layout, losses_of_contexts(layout, literal_model({{'a', 1}, {'b', 4}})));
  EXPECT_TRUE(std::isinf(losses[0]));
  EXPECT_EQ(losses[1], 2);
  EXPECT_EQ(losses[2], 4);
}

TEST(Demonstrations, EachContextSeesTheInstructionAndNoOtherContext) {
  const Prompt prompt = make_prompt("I", {"ab", "cd"});
  std::vector<std::string> calls;
  const LanguageModel recorder{
      64, [&](auto history, auto next) {
        calls.push_back(ByteTokenizer().decode(history) + "|" + ByteTokenizer().decode(next));
        return std::vector<float>(next.size(), 1);
      }};
  losses_of_contexts(lay_out(prompt, ByteTokenizer()), recorder);
  EXPECT_EQ(calls, (std::vector<std::string>{"I\n\n|ab", "I\n\n|cd"}));
}

TEST(Demonstrations, ContextWithoutAnyPredictionIsMostSurprising) {
  const Layout layout = lay_out(context_only({"a", "bb"}), ByteTokenizer());
  const auto losses =
      mean_losses_of_parts(layout, losses_of_contexts(layout, literal_model({}, 3)));
  EXPECT_TRUE(std::isinf(losses[0]));
  EXPECT_EQ(losses[1], 3);  // the first token's NaN is left out of the mean
}

}  // namespace
}  // namespace lingua

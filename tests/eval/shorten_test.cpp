#include "eval/shorten.h"

#include <gtest/gtest.h>

#include "tests/compress/fixtures.h"

namespace lingua {
namespace {

const ChunkTokenizer kTokenizer;

const Prompt kPrompt =
    make_prompt("Read.", {"one two three four", "five six seven nine"}, "Which?");

std::string shortened(int64_t target, UnitKind units, const Ranker& ranker) {
  const Shortened result = shorten_by(kPrompt, target, units, kTokenizer, ranker);
  EXPECT_EQ(result.tokens, target);
  return result.text;
}

TEST(PromptTokens, ARateIsOfTheContexts) {
  const PromptTokens tokens{100, 20};
  EXPECT_EQ(tokens.target(1.0), 100);
  EXPECT_EQ(tokens.target(0.25), 40);
  EXPECT_EQ(tokens.target(0.001), 21);
  EXPECT_EQ(prompt_tokens(kPrompt, kTokenizer).whole, 2 + 1 + 5 + 1 + 5 + 1 + 3);
}

TEST(Rankers, TruncationKeepsTheBeginning) {
  const auto fixed = prompt_tokens(kPrompt, kTokenizer).fixed;
  EXPECT_EQ(shortened(fixed + 3, UnitKind::kToken, first_units()), "Read.\n\none two\n\nWhich?");
}

TEST(Rankers, WholeContextsGoByTheirLoss) {
  const auto fixed = prompt_tokens(kPrompt, kTokenizer).fixed;
  const auto surprising = kTokenizer.encode_ids("five");
  const auto model = literal_model({{surprising[0], 9.0f}}, 1);
  const std::string text = shortened(fixed + 5, UnitKind::kToken, whole_contexts(model));
  EXPECT_NE(text.find("five six"), std::string::npos);
  EXPECT_EQ(text.find("one"), std::string::npos);
}

TEST(Rankers, RandomUnitsDependOnTheSeed) {
  const auto fixed = prompt_tokens(kPrompt, kTokenizer).fixed;
  std::set<std::string> texts;
  for (uint64_t seed = 0; seed < 8; ++seed) {
    const Ranker ranker = random_units(seed);
    const auto once = shorten_by(kPrompt, fixed + 5, UnitKind::kToken, kTokenizer, ranker).text;
    EXPECT_EQ(shorten_by(kPrompt, fixed + 5, UnitKind::kToken, kTokenizer, ranker).text, once);
    texts.insert(once);
  }
  EXPECT_GT(texts.size(), 3u);
}

TEST(Rankers, SelectiveContextKeepsPhrasesOfTheGreatestMean) {
  // "red kite" is one phrase and shares its information; "the" joins nothing.
  const Prompt prompt = context_only({"a red kite in the grey sky"});
  std::map<TokenId, float> losses;
  losses[kTokenizer.encode_ids(" kite")[0]] = 6;
  losses[kTokenizer.encode_ids(" the")[0]] = 4;
  const auto model = literal_model(losses, 1);
  const auto kept = shorten_by(prompt, 3, UnitKind::kWord, kTokenizer, selective_context(model));
  EXPECT_EQ(kept.text, " red kite the");
}

TEST(RememberingModel, AsksOnceForEachText) {
  int asked = 0;
  const LanguageModel counting = {64, [&asked](auto, auto next) {
                                    ++asked;
                                    return std::vector<float>(next.size(), 1.5f);
                                  }};
  const LanguageModel model = remembering_model(counting, 2);
  const std::vector<TokenId> a = {1, 2}, b = {3}, c = {4, 5, 6};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(model.losses(a, b), std::vector<float>({1.5f}));
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(model.losses(b, a).size(), 2u);
  EXPECT_EQ(model.losses({}, c).size(), 3u);
  EXPECT_EQ(asked, 3);
  model.losses(a, b);  // forgotten by now
  EXPECT_EQ(asked, 4);
}

}  // namespace
}  // namespace lingua

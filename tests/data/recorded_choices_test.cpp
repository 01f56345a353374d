#include "data/recorded_choices.h"

#include <gtest/gtest.h>

#include <cmath>

#include "data/answer_tokens.h"
#include "data/first_tokens.h"
#include "support/error.h"
#include "tests/error_of.h"
#include "tests/model/model_proto.h"
#include "tests/model/tiny_tokenizer.h"

namespace lingua {
namespace {

// The tiny tokenizer joins "th", "he", "the", " the", "aa" and "aaaa".
const Tokenizer& tokenizer() {
  static const auto tiny = load_tokenizer("tokenizer.json", tiny_tokenizer_json(), "tiny");
  return *tiny;
}

const ChatTemplate kPlain{"plain", "", "<|end|>"};

struct Matched {
  SampleSet set;
  RecordedChoices recorded;
  std::size_t first = 0;  // index of the answer's first token

  std::vector<TokenMass> at(std::size_t token) const {
    const ChoiceRow row = recorded.choices.at(0, first + token);
    return {row.begin(), row.end()};
  }
};

Example asked(const Message& answer) {
  Example example;
  example.messages = {{"user", "x"}, answer};
  return example;
}

Matched match(const std::string& answer, const std::vector<RecordedToken>& recorded) {
  Message message{"assistant", answer};
  message.recorded = recorded;
  const std::vector<Example> examples = {asked(message)};
  Matched result{make_samples(examples, tokenizer(), kPlain), {}};
  result.recorded = match_recorded(examples, result.set.samples, tokenizer(), kPlain);
  const auto& target = result.set.samples[0].target;
  result.first =
      static_cast<std::size_t>(std::find(target.begin(), target.end(), 1) - target.begin());
  return result;
}

// A recorded token with choices, probabilities instead of their logarithms.
RecordedToken token(const std::string& bytes, std::vector<std::pair<std::string, double>> choices) {
  RecordedToken result{bytes, {}};
  for (const auto& [text, p] : choices) result.choices.push_back({text, std::log(p)});
  return result;
}

using Row = std::vector<TokenMass>;

TEST(FirstTokens, AreThoseThatATextGoesOnWith) {
  FirstTokens first(tokenizer());
  const struct {
    std::string bytes;
    TokenId expected;
  } cases[] = {
      {"the", kThe},
      {"then", kThe},
      {" the end", kSpaceThe},
      {"x", 'x'},
      {"<|end|>", '<'},  // text that only looks like a special token
      {"\xc3\xa9", kEAcute},
      {"\xc3", 0xc3},    // a part of a character that is a token
      {"\xe2\x82", -1},  // a part that is none, and may become one with what follows
      {"\xc3\xa9\xe2\x82", kEAcute},
      {"", -1},
  };
  for (const auto& c : cases) EXPECT_EQ(first.first(c.bytes, false), c.expected) << c.bytes;
}

// Llama 2's tokenizer marks the beginning of a text, and only that, with a space.
TEST(FirstTokens, OfATokenizerThatMarksBeginnings) {
  const auto marking =
      load_tokenizer("tokenizer.model",
                     model_proto({{"\u2581the", -1}, {"the", -2}, {"\u2581", -3}}) +
                         normalizer_spec({.add_dummy_prefix = true}),
                     "marking");
  const TokenId marked = marking->id_of("\u2581the"), plain = marking->id_of("the");
  FirstTokens first(*marking);
  EXPECT_EQ(first.first("the", true), marked);
  EXPECT_EQ(first.first("the", false), plain);
  EXPECT_EQ(first.first(" the", false), marked);
  EXPECT_EQ(token_bytes(*marking, marked), " the");
  EXPECT_EQ(token_bytes(*marking, plain), "the");
}

TEST(Recorded, ChoicesBecomeTokens) {
  const auto matched = match("the", {token("the", {{"the", 0.5}, {"a", 0.25}})});
  EXPECT_EQ(matched.at(0), (Row{{kThe, 0.5f}, {'a', 0.25f}}));
  EXPECT_EQ(matched.recorded.coverage.targets, 2u);  // and the end token
  EXPECT_EQ(matched.recorded.coverage.scored, 1u);
  EXPECT_NEAR(matched.recorded.coverage.mass, 0.75, 1e-6);
}

TEST(Recorded, MassIsSummedOverChoicesWithTheSameFirstToken) {
  const auto matched =
      match("the", {token("the", {{"the", 0.5}, {"then", 0.25}, {"them", 0.125}})});
  EXPECT_EQ(matched.at(0), (Row{{kThe, 0.875f}}));
}

// The recorded token is longer than the model's: its own first token is the target, scored where
// it begins and nowhere else.
TEST(Recorded, OnlyCommonBordersAreScored) {
  const auto matched = match("thex", {token("thex", {{"thex", 0.5}, {"x", 0.25}})});
  ASSERT_EQ(matched.set.samples[0].ids.at(matched.first), kThe);
  EXPECT_EQ(matched.at(0), (Row{{kThe, 0.5f}, {'x', 0.25f}}));
  EXPECT_TRUE(matched.at(1).empty());
}

// The model's token reaches beyond the recorded one: what the model is asked, nobody answered.
TEST(Recorded, ATokenBeyondTheRecordedOneIsNotScored) {
  const auto matched = match("the x", {token("th", {{"th", 0.5}}), token("e", {{"e", 0.5}}),
                                       token(" x", {{" x", 0.5}, {" the", 0.25}})});
  ASSERT_EQ(matched.set.samples[0].ids.at(matched.first), kThe);
  EXPECT_TRUE(matched.at(0).empty());
  EXPECT_EQ(matched.at(1), (Row{{' ', 0.5f}, {kSpaceThe, 0.25f}}));
  EXPECT_EQ(matched.recorded.coverage.scored, 1u);
}

// The text says which token a half character belongs to, even where the tokenizer alone cannot.
TEST(Recorded, CharactersInParts) {
  const auto matched =
      match("\xc3\xa9x", {token("\xc3", {{"\xc3", 0.5}}), token("\xa9", {{"\xa9", 1.0}}),
                          token("x", {{"x", 0.5}, {"\xe2\x82", 0.25}})});
  ASSERT_EQ(matched.set.samples[0].ids.at(matched.first), kEAcute);
  EXPECT_TRUE(matched.at(0).empty());
  EXPECT_EQ(matched.at(1), (Row{{'x', 0.5f}}));  // the other choice counts with the remainder
}

TEST(Recorded, WhatIsVeryUnlikelyIsNothing) {
  auto recorded = token("x", {{"x", 0.5}});
  recorded.choices.push_back({"y", -9999.0});
  recorded.choices.push_back({"z", std::nan("")});
  EXPECT_EQ(match("x", {recorded}).at(0), (Row{{'x', 0.5f}}));
}

TEST(Recorded, OtherSamplesAreRefused) {
  Message message{"assistant", "the"};
  message.recorded = {token("the", {{"the", 0.5}})};
  const std::vector<Example> examples = {asked(message)};
  auto set = make_samples(examples, tokenizer(), kPlain);
  set.samples[0].ids[0] += 1;
  const auto error = error_of([&] { match_recorded(examples, set.samples, tokenizer(), kPlain); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kInternal);
}

}  // namespace
}  // namespace lingua

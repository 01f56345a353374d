#include "compress/reference_mode.h"

#include <gtest/gtest.h>

#include <random>

#include "compress/reference_stream.h"
#include "compress/reference_tokens.h"
#include "support/utf8.h"
#include "tests/compress/fixtures.h"
#include "tests/error_of.h"

namespace lingua {
namespace {

using Indices = std::vector<std::size_t>;

TEST(ReferenceThreshold, IsTheEntryAtTheTruncatedRank) {
  const std::vector<float> losses = {1, 5, 2, 7, 3, 6, 4};
  EXPECT_EQ(rate_threshold(losses, 0.5), 5);  // int(3.5) - 1 = 2
  EXPECT_EQ(rate_threshold(losses, 0.0), 7);
  EXPECT_EQ(rate_threshold(losses, 0.99), 2);
  EXPECT_EQ(rate_threshold(losses, 1), -std::numeric_limits<float>::infinity());
  EXPECT_EQ(rate_threshold({3, 10000, 1}, 0.5), 3);
}

TEST(ReferenceThreshold, SlicesCountFromTheEndBelowZero) {
  EXPECT_EQ(python_bound(-2, 5), 3u);
  EXPECT_EQ(python_bound(-9, 5), 0u);
  EXPECT_EQ(python_bound(9, 5), 5u);
  EXPECT_EQ(python_bound(2, 5), 2u);
}

ReferenceText text_of(const std::string& letters, int64_t segment, double rate) {
  ReferenceText text;
  text.ids.assign(letters.begin(), letters.end());
  text.segment_tokens = segment;
  const auto length = static_cast<int64_t>(letters.size());
  text.schedule =
      rate_schedule({length}, {0}, rate * static_cast<double>(length + 3), segment, true);
  return text;
}

const LanguageModel kMixed =
    literal_model({{'b', 1}, {'c', 5}, {'d', 2}, {'e', 7}, {'f', 3}, {'g', 6}, {'h', 4}});

TEST(ReferenceTokens, AreJudgedByTheirSuccessorsLoss) {
  // First segment "abc" against all seven losses: 5, nothing passes. Then "defg" against 7 3 6 4:
  // the threshold is 6, "d" passes by the loss of "e". "h" is left over.
  EXPECT_EQ(filter_tokens(text_of("abcdefgh", 4, 0.5), {}, kMixed), (Indices{3, 7}));
}

TEST(ReferenceTokens, OrByTheirOwn) {
  ReferenceQuirks quirks;
  quirks.successor_loss = false;
  EXPECT_EQ(filter_tokens(text_of("abcdefgh", 4, 0.5), quirks, kMixed), (Indices{0, 4, 7}));
}

TEST(ReferenceTokens, ThresholdOfAllLossesOrOfTheSegment) {
  const auto model =
      literal_model({{'b', 1}, {'c', 2}, {'d', 3}, {'e', 7}, {'f', 7}, {'g', 7}, {'h', 7}});
  EXPECT_EQ(filter_tokens(text_of("abcdefgh", 4, 0.7), {}, model), (Indices{7}));
  ReferenceQuirks quirks;
  quirks.global_threshold = false;
  EXPECT_EQ(filter_tokens(text_of("abcdefgh", 4, 0.7), quirks, model), (Indices{2, 7}));
}

TEST(ReferenceTokens, WhatIsLeftAfterTheLastSegmentStays) {
  EXPECT_EQ(filter_tokens(text_of("abcde", 10, 0.5), {}, kMixed), (Indices{2, 3, 4}));
  EXPECT_EQ(filter_tokens(text_of("abc", 100, 0.5), {}, kMixed), (Indices{0, 1, 2}));
  ReferenceQuirks quirks;
  quirks.whole_tail = false;
  EXPECT_EQ(filter_tokens(text_of("abcde", 10, 0.5), quirks, kMixed), (Indices{3, 4}));
}

TEST(ReferenceTokens, ContrastKeepsWhatTheQuestionExplains) {
  // "x" costs 1 where "q" stands before it and 6 elsewhere.
  const LanguageModel model{64, [](auto history, auto next) {
                              bool seen =
                                  std::find(history.begin(), history.end(), 'q') != history.end();
                              std::vector<float> losses;
                              for (const TokenId id : next) {
                                losses.push_back(id != 'x' ? 3.0f : seen ? 1.0f : 6.0f);
                                seen = seen || id == 'q';
                              }
                              return losses;
                            }};
  ReferenceText text = text_of("axbcd", 5, 0.5);
  text.ids.insert(text.ids.begin(), 'q');
  text.start = 1;
  text.contrastive = true;
  EXPECT_EQ(filter_tokens(text, {}, model), (Indices{1, 5}));
}

TEST(ReferenceTokens, LongerThanTheContext) {
  ReferenceText text = text_of(std::string(300, 'a'), 8, 0.5);
  for (std::size_t i = 0; i < text.ids.size(); ++i) text.ids[i] = static_cast<TokenId>(i % 17);
  const auto kept = filter_tokens(text, {}, hash_model(32));
  EXPECT_TRUE(std::is_sorted(kept.begin(), kept.end()));
  EXPECT_LT(kept.size(), 250u);
  EXPECT_GT(kept.size(), 60u);
  EXPECT_LT(kept.back(), 300u);
}

CompressOptions with_arguments(Json json) {
  CompressOptions options;
  options.mode = CompressMode::kReference;
  options.reference_arguments = std::move(json);
  return options;
}

TEST(ReferenceMode, InstructionAndQuestionComeOnTop) {
  const Prompt prompt = make_prompt("Do", {"abcdefgh"}, "Why");
  const auto result =
      compress_like_reference(prompt, with_arguments({{"target_token", 5}, {"iterative_size", 4}}),
                              ByteTokenizer(), kMixed);
  // 5 of 8 + 3 tokens: of 7 losses int(3.18) - 1 = 2 lie above 5, of the last 4 none above 7.
  EXPECT_EQ(result.compressed_prompt, "Do\n\nh\n\nWhy");
  EXPECT_EQ(extract(result.original, result.kept), result.compressed_prompt);
  EXPECT_EQ(result.origin_tokens, 17);
  EXPECT_EQ(result.compressed_tokens, 10);
}

TEST(ReferenceMode, ThePromptsArgumentsAreTheReferences) {
  Prompt prompt = context_only({"abcdefgh"});
  prompt.rate = 0.1;  // beside "args" it says nothing
  prompt.arguments = {{"use_token_level_filter", false}};
  EXPECT_EQ(compress_like_reference(prompt, with_arguments(nullptr), ByteTokenizer(), kMixed)
                .compressed_prompt,
            "abcdefgh");
  prompt.arguments = {{"rate", 7}};
  const auto error = error_of(
      [&] { compress_like_reference(prompt, with_arguments(nullptr), ByteTokenizer(), kMixed); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kData);
}

TEST(ReferenceMode, RankingByTheQuestionNeedsOne) {
  const auto error = error_of([] {
    compress_like_reference(context_only({"ab", "cd"}),
                            with_arguments({{"rank_method", "longllmlingua"}}), ByteTokenizer(),
                            kMixed);
  });
  ASSERT_TRUE(error);
  EXPECT_STREQ(error->what(), "rank_method longllmlingua needs a question");
}

TEST(ReferenceMode, CutCharactersAreMarkedOrDropped) {
  const Prompt prompt = context_only({"abc\U0001F600xyz"});
  const auto options = with_arguments({{"target_token", 0}, {"iterative_size", 6}});
  const auto model = literal_model({}, 1);
  EXPECT_EQ(compress_like_reference(prompt, options, ByteTokenizer(), model).compressed_prompt,
            "\uFFFD\uFFFDxyz");
  CompressOptions fixed = options;
  fixed.fixed_quirks = {"cut_characters"};
  EXPECT_EQ(compress_like_reference(prompt, fixed, ByteTokenizer(), model).compressed_prompt,
            "xyz");
}

TEST(ReferenceMode, SpacesAreClosedBeforeMarksAreRemoved) {
  const Prompt prompt = make_prompt("Do , now", {"ab , cd <s> ."}, "Why ?");
  const auto options = with_arguments(nullptr);
  const auto result = compress_like_reference(prompt, options, ByteTokenizer(), kMixed);
  EXPECT_EQ(result.compressed_prompt, "Do , now\n\nab, cd .\n\nWhy ?");
  CompressOptions fixed = options;
  fixed.fixed_quirks = {"closed_spaces"};
  EXPECT_EQ(compress_like_reference(prompt, fixed, ByteTokenizer(), kMixed).compressed_prompt,
            "Do , now\n\nab , cd .\n\nWhy ?");
}

TEST(ReferenceMode, HoldsOnRandomPromptsAndArguments) {
  std::mt19937 random(7);
  const auto number = [&](int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random);
  };
  const std::vector<std::string> pieces = {
      "the ", "answer", "\n\n", "\u6f22\u5b57", "42", "\U0001F600", " ", "e\u0301", "<s>", "Q: "};
  const auto text = [&](int most) {
    std::string result;
    for (int i = number(0, most); i > 0; --i) {
      result += pieces[static_cast<std::size_t>(number(0, static_cast<int>(pieces.size()) - 1))];
    }
    return result;
  };
  for (int i = 0; i < 2000; ++i) {
    SCOPED_TRACE(i);
    Prompt prompt = make_prompt(text(4), {}, text(4));
    for (int context = number(0, 4); context > 0; --context) prompt.context.push_back(text(60));
    Json arguments = {{"rate", number(0, 10) / 10.0},
                      {"iterative_size", number(1, 60)},
                      {"keep_split", number(0, 1) == 1},
                      {"condition_compare", number(0, 2) == 0},
                      {"add_instruction", number(0, 1) == 1},
                      {"concate_question", number(0, 3) > 0},
                      {"dynamic_context_compression_ratio", number(0, 10) / 10.0}};
    const std::vector<std::string> rankers = {"llmlingua", "longllmlingua", "bm25", "gzip"};
    arguments["rank_method"] = rankers[static_cast<std::size_t>(number(0, 3))];
    if (prompt.question.empty()) prompt.question = "Why?";
    if (number(0, 1) == 0) arguments["reorder_context"] = "two_stage";
    auto options = with_arguments(arguments);
    if (number(0, 3) == 0) options.fixed_quirks = {"successor_loss", "whole_tail"};
    if (number(0, 3) == 0) options.fixed_quirks.push_back("global_threshold");
    const bool short_context = number(0, 1) == 0;
    const auto model = hash_model(short_context ? 64 : 4096);
    // A long question is cut by decoding, which only one of them can.
    const ByteTokenizer bytes;
    const ChunkTokenizer chunks;
    const Tokenizer& tokenizer = short_context ? bytes : static_cast<const Tokenizer&>(chunks);
    const auto result = compress_like_reference(prompt, options, tokenizer, model);
    EXPECT_TRUE(is_utf8(result.compressed_prompt));
    EXPECT_TRUE(result.compressed_prompt.starts_with(prompt.instruction));
    if (!result.kept.empty()) {
      EXPECT_EQ(extract(result.original, result.kept), result.compressed_prompt);
    }
    const auto again = compress_like_reference(prompt, options, tokenizer, model);
    EXPECT_EQ(again.compressed_prompt, result.compressed_prompt);
  }
}

}  // namespace
}  // namespace lingua

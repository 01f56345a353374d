#include "compress/context_order.h"

#include <gtest/gtest.h>

#include "compress/compressor.h"
#include "tests/compress/promises.h"
#include "tests/error_of.h"

namespace lingua {
namespace {

using Order = std::vector<std::size_t>;

Order ranked(const Prompt& prompt, ContextRank rank, const LanguageModel& model = hash_model(64)) {
  return rank_contexts_of(whole_text(prompt), rank, ByteTokenizer(), model);
}

TEST(ContextOrder, PerplexityIsTheMeanLossGreatestFirst) {
  EXPECT_EQ(ranked(context_only({"aaaa", "abxx", "xx"}), ContextRank::kPerplexity,
                   literal_model({{'x', 5}}, 1)),
            (Order{2, 1, 0}));
}

TEST(ContextOrder, QuestionIsTheOneThatSurprisesLeastBehindItsContext) {
  // A model that is surprised by all but what the first token of the text announces.
  const LanguageModel model{64, [](auto history, auto next) {
                              const bool knows = !history.empty() && history[0] == 'k';
                              return std::vector<float>(next.size(), knows ? 1.0f : 2.0f);
                            }};
  EXPECT_EQ(ranked(make_prompt("", {"abc", "kbc", "dbc"}, "Q?"), ContextRank::kQuestion, model),
            (Order{1, 0, 2}));
}

TEST(ContextOrder, EmbeddingGoesByTheAngleToTheQuestionLessWhatAllHaveInCommon) {
  LanguageModel model = hash_model(64);
  model.embed = [](auto ids) {
    const auto of = [&](TokenId id) {
      return static_cast<float>(std::count(ids.begin(), ids.end(), id));
    };
    return std::vector<float>{of('a'), of('b'), 9};
  };
  EXPECT_EQ(ranked(make_prompt("", {"aaa", "bb"}, "b"), ContextRank::kEmbedding, model),
            (Order{1, 0}));
}

TEST(ContextOrder, Bm25GoesByWordsWithoutSignsAndCase) {
  const std::vector<std::string> contexts = {"The cat sat.", "A ferry, (late)", "Dogs bark",
                                             "Birds sing"};
  EXPECT_EQ(ranked(make_prompt("", contexts, "When is a FERRY leaving?"), ContextRank::kBm25)[0],
            1u);
  EXPECT_EQ(ranked(make_prompt("dogs", contexts), ContextRank::kBm25)[0], 2u);
  EXPECT_EQ(ranked(make_prompt("", {"\u732b", "\u6e21\u8239", "\u72ac", "\u9ce5"}, "\u8239?"),
                   ContextRank::kBm25)[0],
            1u);
  EXPECT_EQ(ranked(make_prompt("", {"a", "b"}, "q"), ContextRank::kGiven), (Order{0, 1}));
}

TEST(ContextOrder, NoQuestionIsAnErrorWhereOneIsNeeded) {
  for (const auto rank : {ContextRank::kBm25, ContextRank::kQuestion, ContextRank::kEmbedding}) {
    const auto error = error_of([&] { ranked(context_only({"a", "b"}), rank); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind(), ErrorKind::kData);
  }
}

TEST(ContextOrder, OutputByRankOrWithTheBestAtBothEnds) {
  const Order ranking = {4, 2, 0, 1, 3};
  EXPECT_EQ(output_order(ranking, ContextOrder::kGiven), Order{});
  EXPECT_EQ(output_order(ranking, ContextOrder::kRank), ranking);
  EXPECT_EQ(output_order(ranking, ContextOrder::kEnds), (Order{4, 0, 3, 1, 2}));
}

TEST(ContextOrder, RangesMoveWithTheirContexts) {
  PromptText text = whole_text(make_prompt("I", {"abc", "defgh"}, "Q"));
  text.fixed = {{0, 1}, {3, 4}};
  text.whole = {{9, 11}};
  text.spans = {{{8, 10}, 0.5}};
  text.wanted = {0, 1, 2, 3};
  const PromptText moved = with_contexts_in_order(text, {1, 0});
  EXPECT_EQ(moved.text, "I\n\ndefgh\n\nabc\n\nQ");
  EXPECT_EQ(moved.fixed, (std::vector<ByteRange>{{0, 1}, {10, 11}}));
  EXPECT_EQ(moved.whole, (std::vector<ByteRange>{{4, 6}}));
  EXPECT_EQ(moved.spans, (std::vector<RatedSpan>{{{3, 5}, 0.5}}));
  EXPECT_EQ(moved.wanted, (std::vector<float>{0, 2, 1, 3}));
}

TEST(ContextOrder, WantedContextsAreDroppedLast) {
  CompressOptions options;
  options.granularity = 1;
  options.target_tokens = 17;
  options.rank = ContextRank::kBm25;
  const Prompt prompt = make_prompt("", {"xx xx xx", "the ferry", "yy yy yy", "zz zz"}, "ferry?");
  const auto model = literal_model({{'x', 5}, {'y', 5}, {'z', 6}}, 1);
  EXPECT_EQ(compress(prompt, options, ByteTokenizer(), model).compressed_prompt,
            "the ferry\n\nferry?");
  options.rank = ContextRank::kGiven;
  EXPECT_TRUE(
      compress(prompt, options, ByteTokenizer(), model).compressed_prompt.starts_with("xx"));
}

TEST(ContextOrderPromises, ReorderedPromptsKeepAllPromises) {
  const ChunkTokenizer tokenizer;
  const auto model = hash_model(4096);
  const Counts counts = run_cases(1, 1000, [&](uint32_t seed) {
    Random random(seed);
    const Prompt prompt = random_prompt(random);
    CompressOptions options = random_options(random);
    options.rank = random.one_of<ContextRank>({ContextRank::kPerplexity, ContextRank::kQuestion,
                                               ContextRank::kBm25, ContextRank::kGiven});
    options.reorder = random.chance(2) ? ContextOrder::kRank : ContextOrder::kEnds;
    if (prompt.instruction.empty() && prompt.question.empty()) options.rank = ContextRank::kGiven;
    const auto result = compress(prompt, options, tokenizer, model);
    expect_sound(result, tokenizer);
    expect_met_or_excused(result);
    std::vector<std::string> contexts;
    for (const auto& context : prompt.context) {
      if (!context.empty()) contexts.push_back(context);
    }
    Prompt moved = prompt;
    moved.context.clear();
    for (const std::size_t i : result.context_order) moved.context.push_back(contexts.at(i));
    EXPECT_EQ(moved.context.size(), contexts.size());
    EXPECT_EQ(result.original, whole_text(moved).text);
    EXPECT_EQ(compress(prompt, options, tokenizer, model).kept, result.kept);
    return result.budget_met();
  });
  EXPECT_GT(counts.met, 600);
}

}  // namespace
}  // namespace lingua

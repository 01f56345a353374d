#include "compress/draft.h"

#include <gtest/gtest.h>

#include "compress/compressor.h"
#include "compress/option_names.h"
#include "tests/compress/asked_model.h"
#include "tests/compress/fixtures.h"

namespace lingua {
namespace {

const Prompt kPrompt = context_only({"aa aa", "xx xx", "yy yy"});

CompressOptions room_for_two_contexts(CompressMode mode) {
  CompressOptions options;
  options.mode = mode;
  options.units = UnitKind::kWord;
  options.granularity = 2.4;
  options.target_tokens = 5;
  return options;
}

std::string compressed(const CompressOptions& options, const LanguageModel& model) {
  return compress(kPrompt, options, ByteTokenizer(), model).compressed_prompt;
}

TEST(Draft, ChoosesContextsAndTheModelTheirWords) {
  for (const auto mode : {CompressMode::kLingua, CompressMode::kPaper}) {
    const auto options = room_for_two_contexts(mode);
    const auto exact = literal_model({{'a', 9}, {'y', 4}}, 1);
    EXPECT_EQ(compressed(options, exact), "aa aa") << mode_name(mode);
    AskedModel asked(exact);
    const auto draft = literal_model({{'x', 5}, {'y', 5}}, 1);
    const std::string left = compressed(options, with_draft(asked.model(), draft));
    // ITPC takes a token that has no prediction for the most surprising one.
    EXPECT_EQ(left, mode == CompressMode::kLingua ? "yy yy" : "xx xx");
    EXPECT_EQ(asked.text.find('a'), std::string::npos) << mode_name(mode);
    EXPECT_NE(asked.text.find('x'), std::string::npos) << mode_name(mode);
  }
}

TEST(Draft, IsEnoughWhereContextsStayWhole) {
  CompressOptions options = room_for_two_contexts(CompressMode::kLingua);
  options.units.reset();
  options.token_level = false;
  AskedModel asked(literal_model({{'a', 9}}, 1));
  const auto draft = literal_model({{'x', 5}, {'y', 4}}, 1);
  EXPECT_EQ(compressed(options, with_draft(asked.model(), draft)), "xx xx");
  EXPECT_EQ(asked.text, "");
}

TEST(Draft, RanksContextsByTheQuestion) {
  CompressOptions options;
  options.rank = ContextRank::kQuestion;
  options.granularity = 1;
  options.target_tokens = 9;
  AskedModel drafted(literal_model({}, 1)), asked(literal_model({}, 1));
  compress(make_prompt("", {"aa aa", "xx xx"}, "why"), options, ByteTokenizer(),
           with_draft(asked.model(), drafted.model()));
  EXPECT_NE(drafted.text.find("in the given documents."), std::string::npos);
  EXPECT_EQ(asked.text.find("given"), std::string::npos);
}

TEST(Draft, IsNotAskedWhereThereIsNoChoice) {
  AskedModel draft(literal_model({}, 1));
  const auto model = with_draft(literal_model({{'x', 5}}, 1), draft.model());
  CompressOptions options;
  options.target_tokens = 3;
  EXPECT_EQ(compress(context_only({"aa xx"}), options, ByteTokenizer(), model).compressed_prompt,
            " xx");
  EXPECT_EQ(draft.text, "");
}

TEST(Draft, BothSeeTheSameWindows) {
  const auto model = with_draft(literal_model({}, 1, 100), literal_model({}, 1, 60));
  EXPECT_EQ(model.context_tokens, 60);
  EXPECT_EQ(coarse(model).context_tokens, 60);
  EXPECT_EQ(coarse(*model.draft).context_tokens, 60);
}

}  // namespace
}  // namespace lingua

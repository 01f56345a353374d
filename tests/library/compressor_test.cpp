#include <gtest/gtest.h>
#include <lingua/compress.h>

#include <algorithm>
#include <cmath>

#include "tests/contains.h"
#include "tests/library/tiny_library_model.h"

namespace lingua {
namespace {

const std::string kStory =
    "The ferry left at nine. It carried eighteen cars.\n\n"
    "On Tuesday it made seven crossings, on Wednesday three.";

// The failure of `work`.
template <typename Work>
Failure failure_of(const Work& work) {
  try {
    work();
  } catch (const Failure& failure) {
    return failure;
  }
  return Failure(FailureKind::kInternal, "nothing was thrown", "");
}

TEST(Compressor, MeetsTheBudgetAndSaysWhatStayed) {
  const Compressor compressor = tiny_compressor();
  Settings settings;
  settings.rate = 0.4;
  const Compressed result = compressor.compress(kStory, settings);
  EXPECT_NEAR(static_cast<double>(result.compressed_tokens),
              0.4 * static_cast<double>(result.origin_tokens), 2);
  EXPECT_NEAR(result.rate() * result.ratio(), 1, 1e-9);
  EXPECT_EQ(result.original, kStory);
  std::string kept, all;
  for (const Span& span : result.kept) {
    kept += result.original.substr(span.begin, span.end - span.begin);
  }
  EXPECT_EQ(kept, result.text);
  kept.clear();
  for (const TokenRecord& token : result.tokens) {
    const std::string text =
        result.original.substr(token.bytes.begin, token.bytes.end - token.bytes.begin);
    const std::string fate = token.fate;
    all += text;
    if (fate == "kept" || fate == "filled" || fate == "forced") kept += text;
  }
  EXPECT_EQ(all, kStory);
  EXPECT_EQ(kept, result.text);
}

TEST(Compressor, InstructionQuestionAndWhatIsToBeKeptStay) {
  const Compressor compressor = tiny_compressor();
  Request request;
  request.instruction = "Answer.";
  request.context = {kStory, "The fare is 12 crowns."};
  request.question = "How many cars?";
  Settings settings;
  settings.target_tokens = 60;
  settings.keep = {"1\\d cro"};
  settings.keep_tokens = {"eighteen"};
  const Compressed result = compressor.compress(request, settings);
  EXPECT_TRUE(result.text.rfind("Answer.", 0) == 0);
  EXPECT_TRUE(contains(result.text, "12 cro"));
  EXPECT_TRUE(contains(result.text, "eighteen"));
  EXPECT_TRUE(contains(result.text, "How many cars?"));
  EXPECT_NEAR(static_cast<double>(result.compressed_tokens), 60, 2);
}

TEST(Compressor, SettingsReachTheMode) {
  const Compressor compressor = tiny_compressor();
  Settings settings;
  settings.mode = "paper";
  settings.units = "word";
  settings.segment_tokens = 20;
  const Compressed paper = compressor.compress(kStory, settings);
  EXPECT_FALSE(paper.tokens.empty());
  settings = {};
  settings.mode = "reference";
  settings.reference_arguments = R"({"rate": 0.5, "iterative_size": 20})";
  const Compressed reference = compressor.compress(kStory, settings);
  EXPECT_LT(reference.compressed_tokens, reference.origin_tokens);
  EXPECT_NE(paper.text, reference.text);
}

// A question about three contexts.
Request asked(const std::string& question) {
  Request request;
  request.context = {kStory, "The fare is 12 crowns.", "Nobody paid. Nobody asked."};
  request.question = question;
  return request;
}

TEST(Compressor, LevelsRanksAndScoresReachTheModes) {
  const Compressor compressor = tiny_compressor();
  const Request request = asked("How many cars?");
  Settings settings;
  settings.rate = 0.5;
  settings.rank = "embedding";
  settings.reorder = "rank";
  settings.score = "contrast";
  settings.units = "phrase";
  settings.dynamic_ratio = 0.2;
  settings.sentence_level = true;
  settings.keep_contexts = {1};
  const Compressed result = compressor.compress(request, settings);
  EXPECT_TRUE(result.budget_met);
  EXPECT_EQ(result.context_order.size(), 3u);
  EXPECT_TRUE(contains(result.text, "The fare is 12 crowns."));
  bool given = false;
  for (const TokenRecord& token : result.tokens) given = given || std::isfinite(token.given);
  EXPECT_TRUE(given);
  settings = {};
  settings.target_tokens = 40;
  settings.sentence_level = true;
  settings.token_level = false;
  EXPECT_LE(compressor.compress(kStory, settings).compressed_tokens, 40);
}

TEST(Compressor, LowEffortDoesNotScoreDroppedContexts) {
  const Compressor compressor = tiny_compressor();
  const Request request = asked("Who asked?");
  Settings settings;
  settings.target_tokens = 40;
  const auto scored = [&] {
    const auto tokens = compressor.compress(request, settings).tokens;
    return std::count_if(tokens.begin(), tokens.end(),
                         [](const TokenRecord& token) { return std::isfinite(token.loss); });
  };
  const auto low = scored();
  settings.effort = "high";
  EXPECT_GT(scored(), low);
}

TEST(Compressor, TagsJsonAndAnotherTokenizerForTheBudget) {
  const Compressor compressor = tiny_compressor();
  Settings settings;
  settings.form = "tagged";
  const Compressed tagged = compressor.compress(
      "The ferry left. <llmlingua compress=False>At nine.\n\nSharp.</llmlingua> Eighteen cars.",
      settings);
  EXPECT_TRUE(contains(tagged.text, "At nine.\n\nSharp."));
  settings.form = "json";
  settings.json_rules = R"({"id": {"compress": false}})";
  const Compressed json = compressor.compress(
      R"({"id": "the ferry left", "n": 1.50, "text": "the ferry left at nine"})", settings);
  EXPECT_TRUE(contains(json.text, R"({"id": "the ferry left", "n": 1.50, "text": ")"));
  settings = {};
  settings.budget_tokenizer = tiny_model_path();
  EXPECT_EQ(compressor.compress(kStory, settings).text, compressor.compress(kStory).text);
  settings.budget_tokenizer = "no/such/tokenizer.json";
  EXPECT_EQ(failure_of([&] { compressor.compress(kStory, settings); }).kind(), FailureKind::kModel);
}

TEST(Compressor, ConversationsComeBackShorterAndRecoverGoesBack) {
  const Compressor compressor = tiny_compressor();
  Settings settings;
  settings.rate = 0.5;
  Compressed numbers;
  const std::string request = compressor.compress_messages(
      R"({"seed": 123456789012345678901234567890, "messages": [
          {"role": "user", "content": "The ferry left at nine. It carried eighteen cars."},
          {"role": "user", "content": "Why?"}]})",
      settings, &numbers);
  EXPECT_TRUE(contains(request, "123456789012345678901234567890"));
  EXPECT_TRUE(contains(request, R"("content": "Why?")"));
  EXPECT_LT(numbers.compressed_tokens, numbers.origin_tokens);
  EXPECT_EQ(failure_of([&] { compressor.compress_messages("[1]"); }).kind(), FailureKind::kData);
  EXPECT_EQ(recover("It was in the harbour.", "in the old town harbour", {{0, 6}, {15, 23}}),
            "It was in the old town harbour.");
}

TEST(Compressor, FailuresSayWhatAndHow) {
  const Failure model = failure_of([] { Compressor("no/such/model.pt"); });
  EXPECT_EQ(model.kind(), FailureKind::kModel);
  EXPECT_TRUE(contains(model.what(), "no/such/model.pt"));
  EXPECT_FALSE(model.hint().empty());
  ModelSettings wrong;
  wrong.dtype = "fp7";
  EXPECT_EQ(failure_of([&] { Compressor(tiny_model_path(), wrong); }).kind(), FailureKind::kUsage);
  wrong = {};
  wrong.threads = -1;
  EXPECT_EQ(failure_of([&] { Compressor(tiny_model_path(), wrong); }).kind(), FailureKind::kUsage);

  const Compressor compressor = tiny_compressor();
  Settings settings;
  settings.rate = 1.5;
  const Failure usage = failure_of([&] { compressor.compress(kStory, settings); });
  EXPECT_EQ(usage.kind(), FailureKind::kUsage);
  EXPECT_TRUE(contains(usage.what(), "1.5 is out of range"));
  EXPECT_EQ(failure_of([&] { compressor.compress("broken \xff"); }).kind(), FailureKind::kData);
  EXPECT_EQ(failure_of([&] { compressor.compress(Request()); }).kind(), FailureKind::kData);
}

TEST(Compressor, CanBeMoved) {
  Compressor first = tiny_compressor();
  const std::string text = first.compress(kStory).text;
  const Compressor second = std::move(first);
  EXPECT_EQ(second.compress(kStory).text, text);
}

TEST(Compressor, Version) { EXPECT_EQ(version()[0], '0'); }

}  // namespace
}  // namespace lingua

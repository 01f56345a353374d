#include <gtest/gtest.h>
#include <lingua/compress.h>

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

#include "eval/evaluate.h"

#include <gtest/gtest.h>

#include "eval/identity.h"
#include "support/error.h"

namespace lingua {
namespace {

const std::vector<Example> kExamples = {
    {.messages = {}, .domain = "x", .source = "a.jsonl", .line = 1, .id = ""},
    {.messages = {}, .domain = "y", .source = "a.jsonl", .line = 2, .id = ""}};

TEST(Evaluate, LeavesOutWhatOneModelCouldNotRead) {
  const std::vector<TargetLoss> base = {{.nats = 1, .tokens = 1, .bytes = 2}, {}};
  const std::vector<TargetLoss> aligned = {{.nats = 1, .tokens = 1, .bytes = 2},
                                           {.nats = 1, .tokens = 1, .bytes = 2}};
  const auto both = pair_losses(kExamples, base, aligned);
  ASSERT_EQ(both.size(), 1u);
  EXPECT_EQ(both[0].domain, "x");
  EXPECT_EQ(both[0].example, 0u);
  EXPECT_EQ(both[0].id, text_id(kExamples[0]));
  EXPECT_EQ(pair_losses(kExamples, {}, aligned).size(), 2u);
}

TEST(Evaluate, NothingLeftIsAnError) {
  const std::vector<TargetLoss> none(2);
  EXPECT_THROW(pair_losses(kExamples, {}, none), Error);
}

}  // namespace
}  // namespace lingua

#include "compress/result.h"

#include <gtest/gtest.h>

namespace lingua {
namespace {

CompressResult small_result() {
  CompressResult result;
  result.mode = "paper";
  result.original = "ab\n\ncd";
  result.compressed_prompt = "b\n\nd";
  result.origin_tokens = 6;
  result.compressed_tokens = 4;
  result.kept = {{1, 4}, {5, 6}};
  result.parts = {{PartKind::kContext, {0, 2}}, {PartKind::kQuestion, {4, 6}}};
  result.tokens = {{7, {0, 2}, 0, 0.123456f, 1, 2, Fate::kDropped},
                   {8, {2, 4}, 0, kNotScored, kNotScored, kNotScored, Fate::kForced}};
  return result;
}

const std::string kFields =
    R"({"compressed_prompt":"b\n\nd","origin_tokens":6,"compressed_tokens":4,)"
    R"("ratio":1.5,"rate":0.6666666666666666,"kept":[[1,4],[5,6]],"mode":"paper")";

TEST(CompressResult, AsJson) { EXPECT_EQ(dump_json(to_json(small_result())), kFields + "}"); }

TEST(CompressResult, AsJsonWithTokens) {
  EXPECT_EQ(dump_json(to_json_with_tokens(small_result())),
            kFields +
                R"(,"parts":[{"kind":"context","bytes":[0,2]},{"kind":"question","bytes":[4,6]}],)"
                R"("tokens":[{"id":7,"text":"ab","bytes":[0,2],"part":0,"loss":0.1235,)"
                R"("score":1.0,"threshold":2.0,"fate":"dropped"},)"
                R"({"id":8,"text":"\n\n","bytes":[2,4],"part":0,"loss":null,)"
                R"("score":null,"threshold":null,"fate":"forced"}]})");
}

TEST(CompressResult, Summary) {
  EXPECT_EQ(summary(1032, 516, 0.81), "1,032 -> 516 tokens (2.0x), 0.8 s");
}

}  // namespace
}  // namespace lingua

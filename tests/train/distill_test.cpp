#include "train/distill.h"

#include <gtest/gtest.h>

#include "tests/error_of.h"

namespace lingua {
namespace {

TEST(DistilledLayers, ANumberIsSoManyFromTheFirst) {
  EXPECT_EQ(distilled_layers("3", 30), (std::vector<int64_t>{0, 1, 2}));
  EXPECT_EQ(distilled_layers("1", 2), (std::vector<int64_t>{0}));
}

TEST(DistilledLayers, AListIsTheseLayers) {
  EXPECT_EQ(distilled_layers("0-2,28,29", 30), (std::vector<int64_t>{0, 1, 2, 28, 29}));
  EXPECT_EQ(distilled_layers("5-5", 30), (std::vector<int64_t>{5}));
}

TEST(DistilledLayers, ErrorsNameTheOption) {
  const auto word = error_of([] { distilled_layers("few", 30); });
  ASSERT_TRUE(word);
  EXPECT_EQ(word->kind(), ErrorKind::kUsage);
  EXPECT_STREQ(word->what(), "--distill-layers: \"few\" is neither a layer nor a range of layers");
  for (const char* number : {"0", "30", "31"}) {
    const auto error = error_of([&] { distilled_layers(number, 30); });
    ASSERT_TRUE(error) << number;
    EXPECT_EQ(error->what(), "--distill-layers " + std::string(number) + " is out of range");
    EXPECT_EQ(error->hint(), "the base has 30 layers, fewer are to be kept");
  }
}

}  // namespace
}  // namespace lingua

#include "train/options.h"

#include <gtest/gtest.h>

#include <functional>

#include "support/error.h"

namespace lingua {
namespace {

TEST(TrainOptions, DefaultsAreValid) { EXPECT_NO_THROW(validate(TrainOptions{})); }

TEST(TrainOptions, NamesTheOptionThatIsOutOfRange) {
  const struct {
    std::function<void(TrainOptions&)> spoil;
    const char* message;
  } cases[] = {
      {[](auto& o) { o.learning_rate = 0; }, "--lr 0 is out of range"},
      {[](auto& o) { o.learning_rate = 1; }, "--lr 1 is out of range"},
      {[](auto& o) { o.warmup = 1; }, "--warmup 1 is out of range"},
      {[](auto& o) { o.final_rate = -0.5; }, "--final-lr -0.5 is out of range"},
      {[](auto& o) { o.weight_decay = -1; }, "--weight-decay -1 is out of range"},
      {[](auto& o) { o.clip_norm = -1; }, "--clip-norm -1 is out of range"},
      {[](auto& o) { o.epochs = 0; }, "--epochs 0 is out of range"},
      {[](auto& o) { o.max_steps = -3; }, "--max-steps -3 is out of range"},
      {[](auto& o) { o.max_minutes = -1; }, "--max-minutes -1 is out of range"},
  };
  for (const auto& c : cases) {
    TrainOptions options;
    c.spoil(options);
    try {
      validate(options);
      ADD_FAILURE() << "passed: " << c.message;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      EXPECT_STREQ(error.what(), c.message);
    }
  }
}

}  // namespace
}  // namespace lingua

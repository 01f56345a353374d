#include "train/objective_options.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/error.h"
#include "tests/contains.h"
#include "tests/error_of.h"

namespace lingua {
namespace {

TEST(ObjectiveOptions, ByDefaultThereIsCrossEntropyAlone) {
  const ObjectiveOptions options;
  validate(options);
  const LossWeights weights = loss_weights(options);
  EXPECT_EQ(weights.cross_entropy, 1.0);
  EXPECT_EQ(weights.recorded, 0.0);
  EXPECT_EQ(weights.teacher, 0.0);
}

TEST(ObjectiveOptions, ATeacherCountsUnlessItsWeightSaysOtherwise) {
  ObjectiveOptions options;
  options.teacher = "model.gguf";
  options.teacher_kl = "js";
  options.temperature = 2.0;
  EXPECT_EQ(loss_weights(options).teacher, 1.0);
  options.teacher_weight = 0.25;
  validate(options);
  EXPECT_EQ(loss_weights(options).teacher, 0.25);
  EXPECT_EQ(loss_weights(options).teacher_kl, KlKind::kJensenShannon);
}

TEST(ObjectiveOptions, WhatCannotBeIsNamed) {
  const struct {
    ObjectiveOptions options;
    std::string message;
  } cases[] = {
      {{.cross_entropy_weight = -1}, "--ce-weight -1 is out of range"},
      {{.recorded_weight = std::nan("")}, "--recorded-weight nan is out of range"},
      {{.teacher = "m", .teacher_weight = -0.5}, "--teacher-weight -0.5 is out of range"},
      {{.teacher = "m", .temperature = 0}, "--temperature 0 is out of range"},
      {{.teacher = "m", .teacher_kl = "both"}, "--teacher-kl \"both\" is unknown"},
      {{.teacher_weight = 1.0}, "--teacher-weight is given without a teacher"},
      {{.teacher_kl = "js"}, "--teacher-kl is given without a teacher"},
      {{.temperature = 2.0}, "--temperature is given without a teacher"},
      {{.cross_entropy_weight = 0}, "all weights of the objective are 0"},
  };
  for (const auto& c : cases) {
    const auto error = error_of([&] { validate(c.options); });
    ASSERT_TRUE(error) << c.message;
    EXPECT_EQ(error->kind(), ErrorKind::kUsage);
    EXPECT_TRUE(contains(error->what(), c.message));
  }
}

}  // namespace
}  // namespace lingua

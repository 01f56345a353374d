#include "train/evaluation.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tests/error_of.h"
#include "tests/tiny_model.h"
#include "train/averaged_weights.h"

namespace lingua {
namespace {

TEST(Evaluation, IsDueEverySoManySteps) {
  const EvaluationOptions never, fifth{.steps = 5};
  const EvaluationState at_ten{.step = 10};
  EXPECT_FALSE(evaluation_due(never, 5, {}));
  EXPECT_FALSE(evaluation_due(fifth, 0, {}));  // measured before training
  EXPECT_FALSE(evaluation_due(fifth, 4, {}));
  EXPECT_TRUE(evaluation_due(fifth, 5, {}));
  EXPECT_FALSE(evaluation_due(fifth, 10, at_ten));  // no second time after a resumption
  EXPECT_TRUE(evaluation_due(fifth, 15, at_ten));
}

TEST(Evaluation, TheBestWeightsAreKeptAndPatienceRunsOut) {
  const EvaluationOptions options{.steps = 5, .patience = 2, .keep_best = true};
  EvaluationState state;
  auto weights = at::zeros({3});
  begin_evaluation(options, 1.0, weights, state);
  const struct {
    double measured;
    int64_t best_step;
    bool enough;
  } cases[] = {
      {0.8, 5, false}, {0.9, 5, false}, {0.7, 15, false}, {0.7, 15, false}, {0.71, 15, true}};
  int64_t step = 0;
  for (const auto& c : cases) {
    step += 5;
    weights.fill_(static_cast<double>(step));
    take_evaluation(options, step, c.measured, weights, state);
    EXPECT_EQ(state.step, step);
    EXPECT_EQ(state.bits_per_byte, c.measured);
    EXPECT_EQ(state.best_step, c.best_step);
    EXPECT_TRUE(at::equal(state.best_weights, at::full({3}, static_cast<double>(c.best_step))));
    EXPECT_EQ(out_of_patience(options, state), c.enough);
  }
  EXPECT_EQ(state.best, 0.7);
}

// Training that only harms ends with the weights that it began with.
TEST(Evaluation, TheBestMayBeTheFirst) {
  const EvaluationOptions options{.steps = 5, .keep_best = true};
  EvaluationState state;
  auto weights = at::ones({3});
  begin_evaluation(options, 1.0, weights, state);
  weights.zero_();
  take_evaluation(options, 5, 1.1, weights, state);
  EXPECT_EQ(state.best_step, 0);
  EXPECT_TRUE(at::equal(state.best_weights, at::ones({3})));
}

TEST(Evaluation, WithoutKeepBestNothingIsCopied) {
  EvaluationState state;
  const auto weights = at::ones({3});
  begin_evaluation({.steps = 5}, 1.0, weights, state);
  take_evaluation({.steps = 5}, 5, 0.5, weights, state);
  EXPECT_FALSE(state.best_weights.defined());
  EXPECT_EQ(state.best_step, 5);
}

TEST(EvaluationOptions, WhatCannotBeIsNamed) {
  const struct {
    EvaluationOptions options;
    const char* message;
  } cases[] = {
      {{.steps = -1}, "--eval-steps -1 is negative"},
      {{.steps = 1, .patience = -2}, "--patience -2 is negative"},
      {{.patience = 2}, "--patience and --keep-best need --eval-steps"},
      {{.keep_best = true}, "--patience and --keep-best need --eval-steps"},
  };
  for (const auto& c : cases) {
    const auto error = error_of([&] { validate(c.options); });
    ASSERT_TRUE(error) << c.message;
    EXPECT_EQ(error->kind(), ErrorKind::kUsage);
    EXPECT_STREQ(error->what(), c.message);
  }
  validate(EvaluationOptions{.steps = 1, .patience = 1, .keep_best = true});
}

TEST(AveragedWeights, StandInForTheTrainedOnesForAWhile) {
  for (const auto compute : {at::kFloat, at::kBFloat16}) {
    Decoder decoder = testing::tiny_decoder();
    FlatParameters parameters(decoder, compute);
    const at::Tensor trained = parameters.state().master.clone();
    const at::Tensor average = at::full({parameters.count()}, 0.25);
    const at::Tensor computed = decoder.layers[0].down.weight.detach().clone();
    {
      const AveragedWeights averaged(parameters, average);
      EXPECT_TRUE(at::equal(parameters.state().master, at::full({parameters.count()}, 0.25)));
      EXPECT_TRUE(decoder.layers[0].down.weight.eq(0.25).all().item<bool>());
    }
    EXPECT_TRUE(at::equal(parameters.state().master, trained));
    EXPECT_TRUE(average.eq(0.25).all().item<bool>());
    EXPECT_TRUE(at::equal(decoder.layers[0].down.weight, computed));
    const AveragedWeights none(parameters, at::Tensor());
    EXPECT_TRUE(at::equal(parameters.state().master, trained));
  }
}

}  // namespace
}  // namespace lingua

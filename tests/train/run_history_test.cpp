#include "train/run_history.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/temporary_folder.h"
#include "train/metrics.h"

namespace lingua {
namespace {

// "x:y" of each point.
std::string outline(const std::vector<PlotPoint>& points) {
  std::string text;
  char one[40];
  for (const PlotPoint& point : points) {
    std::snprintf(one, sizeof one, "%g:%g ", point.x, point.y);
    text += one;
  }
  return text;
}

TEST(RunHistory, CurvesOutOfTheLinesOfMetrics) {
  RunHistory history;
  for (const char* line :
       {R"({"step": 0, "held_out_bits_per_byte": 1.5, "best": true})",
        R"({"step": 1, "loss": 2.5, "learning_rate": 1e-4, "gradient_norm": 3, "tokens": 9})",
        R"({"step": 2, "loss": null, "learning_rate": 2e-4, "gradient_norm": null,
            "event": "non-finite"})",
        R"({"step": 2, "held_out_bits_per_byte": 1.25, "best": true})",
        R"({"step": 3, "event": "diverged", "reason": "loss 9"})"}) {
    history.add(Json::parse(line));
  }
  EXPECT_EQ(outline(history.loss), "1:2.5 2:nan ");
  EXPECT_EQ(outline(history.learning_rate), "1:0.0001 2:0.0002 ");
  EXPECT_EQ(outline(history.gradient_norm), "1:3 2:nan ");
  EXPECT_EQ(outline(history.held_out), "0:1.5 2:1.25 ");
  ASSERT_EQ(history.events.size(), 2u);
  EXPECT_EQ(history.events[0].what, "non-finite");
  EXPECT_EQ(history.events[1].step, 3);
  EXPECT_EQ(history.events[1].what, "diverged: loss 9");
}

TEST(RunHistory, RunningMean) {
  const std::vector<PlotPoint> points = {{1, 4}, {2, 2}, {3, std::nan("")}, {4, 6}, {5, 1}};
  EXPECT_EQ(outline(running_mean(points, 1)), "1:4 2:2 4:6 5:1 ");
  EXPECT_EQ(outline(running_mean(points, 2)), "1:4 2:3 4:4 5:3.5 ");
  EXPECT_EQ(outline(running_mean(points, 9)), "1:4 2:3 4:4 5:3.25 ");
  EXPECT_EQ(outline(running_mean({}, 3)), "");
}

StepRecord step(int64_t number) {
  StepRecord record;
  record.step = number;
  record.loss = static_cast<double>(number);
  return record;
}

TEST(RunHistory, AResumedRunHasTheCurvesOfItsEarlierParts) {
  const TemporaryFolder folder;
  const MetricsOptions options{.file = folder.file("m.jsonl"), .tensorboard = ""};
  {
    Metrics first(options);
    first.add(EvaluationState{.step = 0, .bits_per_byte = 2});
    for (int i = 1; i <= 3; ++i) first.add(step(i));
    EXPECT_EQ(outline(first.history().loss), "1:1 2:2 3:3 ");
  }
  Metrics resumed(options, MetricsPosition{.step = 2});  // step 3 is done again
  resumed.add(step(3));
  EXPECT_EQ(outline(resumed.history().loss), "1:1 2:2 3:3 ");
  EXPECT_EQ(outline(resumed.history().held_out), "0:2 ");
  // Without a file only this process's steps are known.
  Metrics nameless({}, MetricsPosition{.step = 2});
  nameless.add(step(3));
  EXPECT_EQ(outline(nameless.history().loss), "3:3 ");
}

}  // namespace
}  // namespace lingua

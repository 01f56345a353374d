#include "support/plot_scale.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace lingua {
namespace {

std::string labels(double low, double high, int most) {
  const PlotScale scale = plot_scale(low, high, most);
  std::string text;
  for (const double tick : scale.ticks) text += tick_label(tick, scale.step) + " ";
  return text;
}

TEST(PlotScale, TicksAreRoundNumbers) {
  const struct {
    double low, high;
    const char* expected;
  } cases[] = {
      {0, 10, "0 2 4 6 8 10 "},
      {0.9725, 1.13, "1.00 1.05 1.10 "},
      {-0.31, 0.42, "-0.2 0.0 0.2 0.4 "},
      {0, 20000, "0 5,000 10,000 15,000 20,000 "},
      {0, 2e-4, "0 5e-5 1.0e-4 1.5e-4 2.0e-4 "},
      {1e-7, 3e-7, "1.0e-7 1.5e-7 2.0e-7 2.5e-7 3.0e-7 "},
      {0, 4e16, "0 1e16 2e16 3e16 4e16 "},
      {3, 3, "2.9 3.0 3.1 "},
      {0, 0, "-0.4 -0.2 0.0 0.2 0.4 "},
  };
  for (const auto& [low, high, expected] : cases) EXPECT_EQ(labels(low, high, 5), expected);
}

TEST(PlotScale, TicksLieWithinTheRange) {
  for (const double low : {-7.3, 0.0, 0.123, 1e6}) {
    for (const double width : {1e-3, 0.7, 19.0, 1e7}) {
      const PlotScale scale = plot_scale(low, low + width, 6);
      EXPECT_GE(scale.ticks.size(), 2u);
      EXPECT_LE(scale.ticks.size(), 7u);
      EXPECT_GE(scale.ticks.front(), low - 1e-6 * width);
      EXPECT_LE(scale.ticks.back(), low + width + 1e-6 * width);
    }
  }
}

TEST(PlotScale, ThinningKeepsSpikesAndOrder) {
  std::vector<PlotPoint> points;
  for (int i = 0; i < 10000; ++i) points.push_back({static_cast<double>(i), 1.0});
  points[4321].y = 9;
  points[77].y = -9;
  const auto kept = thinned(points, 100);
  EXPECT_LE(kept.size(), 100u);
  double low = 0, high = 0;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    EXPECT_TRUE(i == 0 || kept[i - 1].x < kept[i].x);
    low = std::min(low, kept[i].y);
    high = std::max(high, kept[i].y);
  }
  EXPECT_EQ(low, -9);
  EXPECT_EQ(high, 9);
}

TEST(PlotScale, ThinningLeavesFewPointsAndDropsWhatIsNotFinite) {
  const double nan = std::nan(""), infinite = std::numeric_limits<double>::infinity();
  const std::vector<PlotPoint> points = {{0, 1}, {1, nan}, {2, infinite}, {3, 2}};
  const auto kept = thinned(points, 100);
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[1].x, 3);
}

TEST(PlotScale, HistogramCountsEveryFiniteValueOnce) {
  const std::vector<double> values = {-0.1, 0.0, 0.04, 0.05, 0.1, 0.2, std::nan("")};
  const auto bins = histogram(values, 6);
  const struct {
    double from, to;
    std::size_t count;
  } expected[] = {{-0.1, -0.05, 1}, {-0.05, 0, 0},  {0, 0.05, 2},
                  {0.05, 0.1, 1},   {0.1, 0.15, 1}, {0.15, 0.2, 1}};
  ASSERT_EQ(bins.size(), std::size(expected));
  for (std::size_t i = 0; i < bins.size(); ++i) {
    EXPECT_NEAR(bins[i].from, expected[i].from, 1e-12);
    EXPECT_NEAR(bins[i].to, expected[i].to, 1e-12);
    EXPECT_EQ(bins[i].count, expected[i].count) << i;
  }
}

TEST(PlotScale, HistogramOfNothingAndOfOneValue) {
  EXPECT_TRUE(histogram({}, 10).empty());
  const std::vector<double> equal = {2, 2, 2};
  std::size_t total = 0;
  for (const HistogramBin& bin : histogram(equal, 10)) total += bin.count;
  EXPECT_EQ(total, 3u);
}

}  // namespace
}  // namespace lingua

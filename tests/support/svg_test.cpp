#include "support/svg.h"

#include <gtest/gtest.h>

#include <cmath>
#include <regex>

#include "tests/contains.h"

namespace lingua {
namespace {

const PlotFrame kFrame = {"Loss of each step", "step", "nats a token"};

// All matches of the pattern's group.
std::vector<std::string> all(const std::string& svg, const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator i(svg.begin(), svg.end(), expression), end; i != end; ++i) {
    found.push_back((*i)[1]);
  }
  return found;
}

TEST(Svg, ALineGoesThroughItsPoints) {
  const PlotSeries series{"", {{0, 0}, {5, 10}, {10, 5}}};
  const std::string svg = line_plot(kFrame, std::span(&series, 1));
  EXPECT_TRUE(contains(svg,
                       "<svg viewBox=\"0 0 360.0 220.0\" role=\"img\" "
                       "aria-label=\"Loss of each step\">"));
  // From the first column to the last, from the floor (220 - 36) to the ceiling, then half-way.
  EXPECT_TRUE(contains(svg, "points=\"22.2,184.0 185.1,24.0 348.0,104.0\"/>"));
  EXPECT_TRUE(contains(svg, ">step</text>"));
  EXPECT_TRUE(contains(svg, ">nats a token</text>"));
  EXPECT_EQ(all(svg, "<(circle)").size(), 0u);
}

TEST(Svg, SeveralLinesHaveALegendAndColoursOfTheirOwn) {
  const std::vector<PlotSeries> series = {{"train", {{0, 1}, {1, 2}}},
                                          {"held out", {{0, 2}, {1, 1}}, true}};
  const std::string svg = line_plot(kFrame, series);
  EXPECT_TRUE(contains(svg, "x=\"77.6\" y=\"28.0\" text-anchor=\"start\">held out</text>"));
  EXPECT_EQ(all(svg, "class=\"(line s2)\"").size(), 2u);  // the line, and a piece in the legend
  EXPECT_EQ(all(svg, "<circle class=\"(mark s2)\"").size(), 2u);
}

// The bars of two series at one place stand 1.8 units apart, and the scale holds them.
TEST(Svg, ASeriesWithoutPointsKeepsItsColourAndHasNoName) {
  const std::string svg = line_plot(
      {"t", "x", "y"}, std::vector<PlotSeries>{{"gone", {}}, {"there", {{0, 1}, {1, 2}}}});
  EXPECT_TRUE(contains(svg, "class=\"line s2\""));
  EXPECT_TRUE(contains(svg, ">there</text>"));
  EXPECT_FALSE(contains(svg, "line s1"));
  EXPECT_FALSE(contains(svg, "gone"));
}

TEST(Svg, RangesStandBesideEachOther) {
  const std::vector<PlotSeries> series = {{"a", {{0, 0.5}, {1, 0.5}}, true, {{1, 0, 1}}},
                                          {"b", {{0, 0.5}, {1, 0.5}}, true, {{1, 0.25, 0.75}}},
                                          {"c", {{0, 0.5}}, true, {{1, 0, NAN}}}};
  const std::string svg = line_plot(kFrame, series);
  const auto x = all(svg, "class=\"range s[12]\" x1=\"([0-9.]+)\"");
  ASSERT_EQ(x.size(), 2u);
  EXPECT_NEAR(std::stod(x[1]) - std::stod(x[0]), 1.8, 0.11);
  const auto high = all(svg, "class=\"range s1\"[^>]* y2=\"([0-9.]+)\"");
  const auto low = all(svg, "class=\"range s1\"[^>]* y1=\"([0-9.]+)\"");
  EXPECT_NEAR(std::stod(low.at(0)) - std::stod(high.at(0)), 160, 0.11);  // floor to ceiling
  EXPECT_EQ(all(svg, "class=\"(range s3)\"").size(), 0u);
}

TEST(Svg, ALongLegendTakesRowsOfItsOwn) {
  std::vector<PlotSeries> series;
  for (int i = 0; i < 8; ++i) {
    series.push_back({"selective-context " + std::to_string(i), {{0, 1.0 * i}, {1, 2.0 * i}}});
  }
  const std::string svg = line_plot(kFrame, series);
  // Two a row of 360 units, so four rows below the axis' name.
  EXPECT_TRUE(contains(svg, "y=\"76.0\" text-anchor=\"start\">selective-context 7</text>"));
  EXPECT_TRUE(contains(svg, "<svg viewBox=\"0 0 360.0 284.0\""));
  EXPECT_TRUE(contains(svg, "class=\"line s8\""));
  for (const std::string& y : all(svg, "<polyline[^>]* points=\"[0-9.]+,([0-9.]+)")) {
    EXPECT_GE(std::stod(y), 88);
  }
}

TEST(Svg, OnePointIsADotAndNoneIsSaid) {
  const PlotSeries one{"", {{3, 1}}}, none{"", {{0, std::nan("")}}};
  EXPECT_EQ(all(line_plot(kFrame, std::span(&one, 1)), "<(circle)").size(), 1u);
  for (const std::string& svg : {line_plot(kFrame, std::span(&none, 1)), line_plot(kFrame, {}),
                                 histogram_plot(kFrame, {}), interval_plot(kFrame, {})}) {
    EXPECT_TRUE(contains(svg, "nothing to show"));
  }
}

TEST(Svg, BarsAreAsHighAsTheirCounts) {
  const std::vector<HistogramBin> bins = {{-1, 0, 5}, {0, 1, 10}, {1, 2, 0}};
  const std::string svg = histogram_plot(kFrame, bins);
  const auto heights = all(svg, "<rect[^>]*height=\"([0-9.]+)\"");
  ASSERT_EQ(heights.size(), 3u);
  EXPECT_EQ(heights[0], "80.0");
  EXPECT_EQ(heights[1], "160.0");
  EXPECT_EQ(heights[2], "0.0");
  EXPECT_EQ(all(svg, "class=\"(zero)\"").size(), 1u);
}

TEST(Svg, IntervalsSpanFromLowToHigh) {
  const std::vector<PlotInterval> rows = {{"all", 0.2, 0.1, 0.4}, {"domain code", 0, 0, 0}};
  const std::string svg = interval_plot({"Gain", "bits per byte", ""}, rows);
  // 0 lies at 12 and 0.4, the greatest, at 348.
  EXPECT_TRUE(contains(svg, "class=\"whisker\" x1=\"96.0\" y1=\"27.0\" x2=\"348.0\" y2=\"27.0\""));
  EXPECT_TRUE(contains(svg, "class=\"dot\" cx=\"180.0\" cy=\"27.0\""));
  EXPECT_TRUE(contains(svg, ">domain code</text>"));
  EXPECT_TRUE(contains(svg, "viewBox=\"0 0 360.0 108.0\""));
}

TEST(Svg, HostileNamesAreHarmless) {
  const std::string hostile = "</text><script>\"'&";
  const std::vector<PlotSeries> series = {{hostile, {{0, 1}, {1, 2}}}, {hostile, {{0, 1}}}};
  const std::vector<PlotInterval> rows = {{hostile, 1, 0, 2}};
  const PlotFrame frame = {hostile, hostile, hostile};
  for (const std::string& svg : {line_plot(frame, series), interval_plot(frame, rows),
                                 histogram_plot(frame, std::vector<HistogramBin>{{0, 1, 1}})}) {
    EXPECT_EQ(svg.find("<script"), std::string::npos);
    EXPECT_TRUE(contains(svg, "&lt;script&gt;&quot;&#39;&amp;"));
  }
}

TEST(Svg, EverythingStaysWithinTheDrawing) {
  std::vector<PlotPoint> points;
  for (int i = 0; i < 50; ++i) points.push_back({1e6 + i, std::sin(i) * 1e-5});
  const PlotSeries series{std::string(200, 'x'), points};
  const std::string svg = line_plot(kFrame, std::span(&series, 1));
  for (const std::string& x : all(svg, " c?x[12]?=\"(-?[0-9.]+)\"")) {
    EXPECT_GE(std::stod(x), 0);
    EXPECT_LE(std::stod(x), 360);
  }
  const std::vector<PlotInterval> rows = {{std::string(300, 'y'), 1, 0, 2}};
  EXPECT_LE(all(interval_plot(kFrame, rows), ">(y+[.]*)</text>").at(0).size(), 53u);
}

}  // namespace
}  // namespace lingua

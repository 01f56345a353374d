#pragma once

#include <span>
#include <string>
#include <vector>

#include "support/plot_scale.h"

namespace lingua {

// Plots as inline SVG of 360 units' width that takes the width it is given. Colours come from the
// page (support/html.h), so that they follow light and dark. All texts are plain and are escaped.

// What a plot is about; the title is what a screen reader says.
struct PlotFrame {
  std::string title;
  std::string x;  // name and unit of the axes
  std::string y;
};

// Where a value at `x` may lie.
struct PlotRange {
  double x = 0;
  double low = 0;
  double high = 0;
};

struct PlotSeries {
  std::string name;  // in the legend, where there are several
  std::vector<PlotPoint> points;
  bool marks = false;                  // a dot at each point, besides the line
  std::vector<PlotRange> ranges = {};  // an upright bar each
};

// Lines; twelve series have looks of their own, by their place; one without points leaves its look
// free. Points and ranges that are not finite are left out.
// Series with ranges stand a little beside each other, so that bars at the same x are told apart.
std::string line_plot(const PlotFrame& frame, std::span<const PlotSeries> series);

// A bar a bin; a dashed line stands at zero where the bins reach both sides of it.
std::string histogram_plot(const PlotFrame& frame, std::span<const HistogramBin> bins);

// A value and where it may lie.
struct PlotInterval {
  std::string name;
  double value = 0;
  double low = 0;
  double high = 0;
};

// A row an interval, its name above it; a dashed line stands at zero. frame.y is not used.
std::string interval_plot(const PlotFrame& frame, std::span<const PlotInterval> rows);

}  // namespace lingua

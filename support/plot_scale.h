#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace lingua {

struct PlotPoint {
  double x = 0;
  double y = 0;
};

// A range of numbers on an axis, with the marks that are written beside it.
struct PlotScale {
  double low = 0;
  double high = 1;
  std::vector<double> ticks;  // within the range, rising, multiples of `step`
  double step = 1;            // 1, 2 or 5 times a power of ten
};

// A scale that holds low and high with at most `most_ticks` ticks (>= 2); a range of no width gets
// some. Both finite, low <= high.
PlotScale plot_scale(double low, double high, int most_ticks);

// A tick as text, with as many decimals as its step needs: "0.25", "12,000", "1.5e-4".
std::string tick_label(double value, double step);

// At most about `most` (>= 4) of the points, rising in x: of each part of the range the least and
// the greatest y, so that a spike of one point stays. Points that are not finite are left out.
std::vector<PlotPoint> thinned(std::span<const PlotPoint> points, std::size_t most);

// How many of `values` lie in [from, to), the last bin's end included.
struct HistogramBin {
  double from = 0;
  double to = 0;
  std::size_t count = 0;
};

// Bins of equal, round width from the least to the greatest finite value, at most about
// `most_bins`; none without values.
std::vector<HistogramBin> histogram(std::span<const double> values, int most_bins);

}  // namespace lingua

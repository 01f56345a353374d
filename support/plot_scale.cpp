#include "support/plot_scale.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "support/text.h"

namespace lingua {
namespace {

// The least of 1, 2 and 5 times a power of ten that is not below `least`.
double round_step(double least) {
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

// A range of one number gets a width that is small beside it.
void widen(double& low, double& high) {
  if (high - low > 1e-12 * std::max(std::abs(low), std::abs(high))) return;
  const double width = low == 0 ? 1 : std::abs(low) * 0.1;
  low -= width / 2;
  high += width / 2;
}

// "1.5e-4", with the digits that tell it from its neighbours.
std::string scientific(double value, double step) {
  if (value == 0) return "0";
  const auto exponent = [](double x) { return std::floor(std::log10(std::abs(x)) + 1e-9); };
  const double power = exponent(value);
  char text[60];
  std::snprintf(text, sizeof text, "%.*fe%.0f",
                static_cast<int>(std::max(0.0, power - exponent(step))),
                value / std::pow(10.0, power), power);
  return text;
}

}  // namespace

PlotScale plot_scale(double low, double high, int most_ticks) {
  widen(low, high);
  PlotScale scale{low, high, {}, round_step((high - low) / most_ticks)};
  const double slack = 1e-9 * scale.step;
  for (double k = std::ceil((low - slack) / scale.step); k * scale.step <= high + slack; ++k) {
    scale.ticks.push_back(k == 0 ? 0 : k * scale.step);
  }
  return scale;
}

std::string tick_label(double value, double step) {
  char text[40];
  if (step >= 1 && std::abs(value) < 1e15) {
    return format_count(static_cast<std::int64_t>(std::llround(value)));
  }
  if (step < 1e-4 || step >= 1) return scientific(value, step);
  const int decimals = static_cast<int>(-std::floor(std::log10(step) + 1e-9));
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

std::vector<PlotPoint> thinned(std::span<const PlotPoint> points, std::size_t most) {
  std::vector<PlotPoint> finite;
  for (const PlotPoint& point : points) {
    if (std::isfinite(point.x) && std::isfinite(point.y)) finite.push_back(point);
  }
  if (finite.size() <= most) return finite;
  const std::size_t parts = most / 2;
  std::vector<PlotPoint> kept;
  for (std::size_t part = 0; part < parts; ++part) {
    const auto begin = finite.begin() + static_cast<std::ptrdiff_t>(part * finite.size() / parts);
    const auto end =
        finite.begin() + static_cast<std::ptrdiff_t>((part + 1) * finite.size() / parts);
    const auto by_y = [](const PlotPoint& a, const PlotPoint& b) { return a.y < b.y; };
    auto [least, greatest] = std::minmax_element(begin, end, by_y);
    if (least > greatest) std::swap(least, greatest);
    kept.push_back(*least);
    if (least != greatest) kept.push_back(*greatest);
  }
  return kept;
}

std::vector<HistogramBin> histogram(std::span<const double> values, int most_bins) {
  std::vector<double> finite;
  for (const double value : values) {
    if (std::isfinite(value)) finite.push_back(value);
  }
  if (finite.empty()) return {};
  auto [least, greatest] = std::minmax_element(finite.begin(), finite.end());
  double low = *least, high = *greatest;
  widen(low, high);
  const double step = round_step((high - low) / most_bins);
  const double first = std::floor(low / step + 1e-9);
  const auto count = static_cast<std::size_t>(std::max(1.0, std::ceil(high / step - 1e-9) - first));
  std::vector<HistogramBin> bins;
  for (std::size_t i = 0; i < count; ++i) {
    const double from = first + static_cast<double>(i);
    bins.push_back({from * step, (from + 1) * step, 0});
  }
  for (const double value : finite) {
    const double position = std::floor(value / step - first + 1e-9);
    ++bins[std::min(static_cast<std::size_t>(std::max(0.0, position)), count - 1)].count;
  }
  return bins;
}

}  // namespace lingua

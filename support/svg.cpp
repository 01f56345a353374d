#include "support/svg.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "support/html.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr double kWidth = 360;
constexpr double kPlotHeight = 160;  // between the axes' ends
constexpr double kLetter = 6.6;      // width of a letter of 12 units' height, about
constexpr double kRight = 12;
constexpr double kBelow = 36;  // tick labels and the name of the x axis
constexpr double kIntervalRow = 34;
constexpr std::size_t kMostPoints = 600;
constexpr std::size_t kLongestName = 50;
constexpr std::size_t kLongestLegend = 20;
constexpr std::size_t kMostSeries = 12;
constexpr double kLegendRow = 16;
constexpr double kLegendLine = 14;
constexpr double kBeside = 1.8;  // from a series with ranges to the next

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string line_element(const std::string& css, double x1, double y1, double x2, double y2) {
  char text[200];
  std::snprintf(text, sizeof text,
                "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
                css.c_str(), x1, y1, x2, y2);
  return text;
}

std::string dot_element(const std::string& css, double x, double y, double radius) {
  char text[160];
  std::snprintf(text, sizeof text, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>\n",
                css.c_str(), x, y, radius);
  return text;
}

// anchor: start, middle or end.
std::string text_element(const std::string& css, double x, double y, const char* anchor,
                         const std::string& content) {
  std::string text = "<text class=\"" + css + "\" x=\"" + number(x) + "\" y=\"" + number(y) +
                     "\" text-anchor=\"" + anchor + "\">";
  text += html_escaped(content);
  return text + "</text>\n";
}

std::string svg_element(const std::string& title, double height, const std::string& content) {
  std::string text = "<svg viewBox=\"0 0 " + number(kWidth) + " " + number(height) +
                     "\" role=\"img\" aria-label=\"";
  text += html_escaped(title);
  text += "\">\n";
  text += content;
  return text + "</svg>\n";
}

std::string nothing_to_show(const PlotFrame& frame) {
  return svg_element(frame.title, 40,
                     text_element("", kWidth / 2, 24, "middle", "nothing to show"));
}

// Where numbers lie on the drawing.
struct Area {
  PlotScale x, y;
  double left = 0, top = 0, bottom = 0;

  double at_x(double value) const {
    return left + (value - x.low) / (x.high - x.low) * (kWidth - kRight - left);
  }
  double at_y(double value) const {
    return bottom - (value - y.low) / (y.high - y.low) * (bottom - top);
  }
};

// The ticks' labels that do not run into the one before or out of the drawing.
std::string x_axis(const Area& area, const std::string& name) {
  std::string svg;
  double free_from = 0;
  for (const double tick : area.x.ticks) {
    const std::string label = tick_label(tick, area.x.step);
    const double half = kLetter * static_cast<double>(label.size()) / 2, x = area.at_x(tick);
    if (x - half < free_from || x + half > kWidth) continue;
    free_from = x + half + kLetter;
    svg += text_element("", x, area.bottom + 15, "middle", label);
  }
  return svg + text_element("", kWidth - kRight, area.bottom + 31, "end", name);
}

std::string y_axis(const Area& area, const std::string& name) {
  std::string svg;
  for (const double tick : area.y.ticks) {
    const double y = area.at_y(tick);
    svg += line_element("grid", area.left, y, kWidth - kRight, y);
    svg += text_element("", area.left - 5, y + 4, "end", tick_label(tick, area.y.step));
  }
  return svg + text_element("", 2, 12, "start", name);
}

Area make_area(PlotScale x, PlotScale y, double top) {
  std::size_t longest = 1;
  for (const double tick : y.ticks) {
    longest = std::max(longest, tick_label(tick, y.step).size());
  }
  return {.x = std::move(x),
          .y = std::move(y),
          .left = 9 + kLetter * static_cast<double>(longest),
          .top = top,
          .bottom = top + kPlotHeight};
}

// `shift` to the right.
std::string polyline(const Area& area, const PlotSeries& series, const std::string& colour,
                     double shift) {
  if (series.points.empty()) return "";
  std::string svg;
  for (const PlotRange& range : series.ranges) {
    const double x = area.at_x(range.x) + shift;
    svg += line_element("range " + colour, x, area.at_y(range.low), x, area.at_y(range.high));
  }
  svg += "<polyline class=\"line " + colour + "\" points=\"";
  for (const PlotPoint& point : series.points) {
    svg += number(area.at_x(point.x) + shift) + "," + number(area.at_y(point.y)) + " ";
  }
  svg.back() = '"';
  svg += "/>\n";
  const bool marks = series.marks || series.points.size() == 1;
  for (const PlotPoint& point : series.points) {
    if (!marks) continue;
    svg += dot_element("mark " + colour, area.at_x(point.x) + shift, area.at_y(point.y), 2.5);
  }
  return svg;
}

// The class of a series; html_style.h has its colours.
std::string colour_of(std::size_t index) {
  return std::string("s").append(std::to_string(index % kMostSeries + 1));
}

// Names with a piece of their line, in as many rows as they need, of the series with points.
struct Legend {
  std::string svg;
  double bottom = 12;  // of the axis' name above it
};

Legend legend(std::span<const PlotSeries> series) {
  Legend legend;
  if (series.size() < 2) return legend;
  double x = 2;
  legend.bottom += kLegendRow;
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (series[i].points.empty()) continue;
    const std::string name = shortened(printable(series[i].name), kLongestLegend);
    const double width = kLegendLine + 4 + kLetter * static_cast<double>(name.size() + 1);
    if (x > 2 && x + width > kWidth) {
      x = 2;
      legend.bottom += kLegendRow;
    }
    legend.svg += line_element("line " + colour_of(i), x, legend.bottom - 4, x + kLegendLine,
                               legend.bottom - 4);
    legend.svg += text_element("name", x + kLegendLine + 4, legend.bottom, "start", name);
    x += width;
  }
  return legend;
}

// The series as it is drawn.
PlotSeries drawn_of(const PlotSeries& series) {
  PlotSeries drawn{series.name, thinned(series.points, kMostPoints), series.marks};
  for (const PlotRange& range : series.ranges) {
    if (std::isfinite(range.x + range.low + range.high)) drawn.ranges.push_back(range);
  }
  return drawn;
}

// All that a drawing of the series has to hold.
std::vector<PlotPoint> extent_of(std::span<const PlotSeries> series) {
  std::vector<PlotPoint> points;
  for (const PlotSeries& one : series) {
    points.insert(points.end(), one.points.begin(), one.points.end());
    for (const PlotRange& range : one.ranges) {
      points.insert(points.end(), {{range.x, range.low}, {range.x, range.high}});
    }
  }
  return points;
}

PlotScale scale_of(std::span<const PlotPoint> points, double PlotPoint::*axis) {
  double low = INFINITY, high = -INFINITY;
  for (const PlotPoint& point : points) {
    low = std::min(low, point.*axis);
    high = std::max(high, point.*axis);
  }
  return plot_scale(low, high, 5);
}

}  // namespace

std::string line_plot(const PlotFrame& frame, std::span<const PlotSeries> series) {
  std::vector<PlotSeries> drawn;
  for (const PlotSeries& one : series) drawn.push_back(drawn_of(one));
  const std::vector<PlotPoint> extent = extent_of(drawn);
  if (extent.empty()) return nothing_to_show(frame);
  const Legend names = legend(drawn);
  const Area area = make_area(scale_of(extent, &PlotPoint::x), scale_of(extent, &PlotPoint::y),
                              names.bottom + 12);
  std::string svg = y_axis(area, frame.y) + x_axis(area, frame.x) + names.svg;
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    const double middle = static_cast<double>(drawn.size() - 1) / 2;
    const double shift = drawn[i].ranges.empty() ? 0 : kBeside * (static_cast<double>(i) - middle);
    svg += polyline(area, drawn[i], colour_of(i), shift);
  }
  return svg_element(frame.title, area.bottom + kBelow, svg);
}

std::string histogram_plot(const PlotFrame& frame, std::span<const HistogramBin> bins) {
  if (bins.empty()) return nothing_to_show(frame);
  std::size_t most = 1;
  for (const HistogramBin& bin : bins) most = std::max(most, bin.count);
  const double low = bins.front().from, high = bins.back().to;
  const Area area = make_area(
      plot_scale(low, high, 6),
      plot_scale(0, static_cast<double>(most), std::min<int>(5, static_cast<int>(most) + 1)), 24);
  std::string svg = y_axis(area, frame.y) + x_axis(area, frame.x);
  for (const HistogramBin& bin : bins) {
    const double x = area.at_x(bin.from) + 0.5, y = area.at_y(static_cast<double>(bin.count));
    svg += "<rect class=\"bar\" x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" +
           number(std::max(0.5, area.at_x(bin.to) - x - 0.5)) + "\" height=\"" +
           number(area.bottom - y) + "\"/>\n";
  }
  if (low < 0 && high > 0) {
    svg += line_element("zero", area.at_x(0), area.top, area.at_x(0), area.bottom);
  }
  return svg_element(frame.title, area.bottom + kBelow, svg);
}

std::string interval_plot(const PlotFrame& frame, std::span<const PlotInterval> rows) {
  double low = 0, high = 0;
  std::vector<const PlotInterval*> drawn;
  for (const PlotInterval& row : rows) {
    if (!std::isfinite(row.low + row.value + row.high)) continue;
    drawn.push_back(&row);
    low = std::min({low, row.low, row.value});
    high = std::max({high, row.high, row.value});
  }
  if (drawn.empty()) return nothing_to_show(frame);
  Area area{.x = plot_scale(low, high, 6), .y = {}, .left = 12, .top = 4, .bottom = 0};
  area.bottom = area.top + kIntervalRow * static_cast<double>(drawn.size());
  std::string svg = x_axis(area, frame.x);
  for (const double tick : area.x.ticks) {
    svg += line_element(tick == 0 ? "zero" : "grid", area.at_x(tick), area.top, area.at_x(tick),
                        area.bottom);
  }
  double y = area.top;
  for (const PlotInterval* row : drawn) {
    svg += text_element("name", 2, y + 13, "start", shortened(printable(row->name), kLongestName));
    svg += line_element("whisker", area.at_x(row->low), y + 23, area.at_x(row->high), y + 23);
    svg += dot_element("dot", area.at_x(row->value), y + 23, 4.5);
    y += kIntervalRow;
  }
  return svg_element(frame.title, area.bottom + kBelow, svg);
}

}  // namespace lingua

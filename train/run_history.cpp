#include "train/run_history.h"

#include <cmath>
#include <limits>
#include <utility>

namespace lingua {
namespace {

void add_point(const Json& line, const char* name, std::vector<PlotPoint>& points) {
  const auto found = line.find(name);
  if (found == line.end()) return;
  // A number that is not finite is null in JSON.
  const double value =
      found->is_number() ? found->get<double>() : std::numeric_limits<double>::quiet_NaN();
  points.push_back({line.value("step", 0.0), value});
}

std::string text_of(const Json& line, const char* name) {
  const auto found = line.find(name);
  return found != line.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

void RunHistory::add(const Json& line) {
  add_point(line, "loss", loss);
  add_point(line, "learning_rate", learning_rate);
  add_point(line, "gradient_norm", gradient_norm);
  add_point(line, "held_out_bits_per_byte", held_out);
  const std::string event = text_of(line, "event"), reason = text_of(line, "reason");
  if (event.empty()) return;
  events.push_back(
      {line.value("step", int64_t{0}), reason.empty() ? event : event + ": " + reason});
}

std::vector<PlotPoint> running_mean(const std::vector<PlotPoint>& points, std::size_t window) {
  std::vector<PlotPoint> means;
  std::vector<double> last;  // up to `window` values, the oldest is replaced
  double sum = 0;
  std::size_t count = 0;
  for (const PlotPoint& point : points) {
    if (!std::isfinite(point.y)) continue;
    if (last.size() < window) {
      last.push_back(point.y);
    } else {
      sum -= std::exchange(last[count % window], point.y);
    }
    sum += point.y;
    ++count;
    means.push_back({point.x, sum / static_cast<double>(last.size())});
  }
  return means;
}

}  // namespace lingua

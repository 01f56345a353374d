#include "eval/figures.h"

#include <cstdio>

namespace lingua {
std::string formatted(const char* format, double value) {
  char text[40];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string bits_text(double bits_per_byte) { return formatted("%.4f", bits_per_byte); }

std::string gain_text(double bits_per_byte) { return formatted("%+.4f", bits_per_byte); }

std::string interval_text(const Interval& interval) {
  std::string text = "[";
  text += gain_text(interval.low);
  text += ", ";
  text += gain_text(interval.high);
  return text + "]";
}

std::string share_text(const Share& share) {
  if (share.all == 0) return "-";
  return formatted("%.3f", static_cast<double>(share.kept) / static_cast<double>(share.all));
}

std::string percent_text(double share) { return formatted("%.4g %%", 100 * share); }

}  // namespace lingua

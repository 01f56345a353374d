#include "support/progress.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "support/log.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr double kTerminalInterval = 0.1;  // seconds between two states of a rewritten line
constexpr double kLineInterval = 10.0;     // seconds between two whole lines
constexpr int kBarWidth = 20;              // characters

std::string bar(double fraction) {
  const int filled = static_cast<int>(fraction * kBarWidth);
  return '[' + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + ']';
}

// Whole numbers from 100 on, one digit behind the point below.
std::string format_rate(double rate) {
  if (rate >= 100) return format_count(static_cast<std::int64_t>(std::min(rate, 1e15)));
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", rate);
  return text.data();
}

std::string format_units(double units) {
  if (std::isnan(units)) return "?";
  return format_count(static_cast<std::int64_t>(std::clamp(units, -1e15, 1e15)));
}

}  // namespace

ProgressOutput stderr_progress() {
  ProgressOutput output;
  output.terminal = ::isatty(STDERR_FILENO) == 1;
  output.enabled = !quiet();
  output.now = [] {
    const auto time = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(time).count();
  };
  output.write = write_to_stderr;
  return output;
}

Progress::Progress(double total, std::string unit, std::string label, ProgressOutput output)
    : total_(total),
      unit_(std::move(unit)),
      label_(std::move(label)),
      output_(std::move(output)),
      start_(output_.now()),
      last_shown_(start_) {}

double Progress::fraction() const {
  const double fraction = fraction_ >= 0 ? fraction_ : total_ > 0 ? done_ / total_ : -1;
  return std::isfinite(fraction) ? std::min(fraction, 1.0) : -1;
}

std::string Progress::line(double elapsed) const {
  std::string text = label_;
  const double share = fraction();
  if (share >= 0) {
    std::array<char, 16> percent{};
    std::snprintf(percent.data(), percent.size(), " %3d %%", static_cast<int>(share * 100));
    text += percent.data();
    if (output_.terminal) text += ' ' + bar(share);
  }
  text += "  " + format_units(done_);
  if (total_ > 0 && fraction_ < 0) text += '/' + format_units(total_);
  text += ' ' + unit_;
  if (elapsed > 0) text += "  " + format_rate(done_ / elapsed) + ' ' + unit_ + "/s";
  if (share > 0 && share < 1) {
    text += "  " + format_duration(elapsed * (1 - share) / share) + " left";
  } else {
    text += "  " + format_duration(elapsed);
  }
  if (!note_.empty()) text += "  " + note_;
  return text;
}

void Progress::show(bool last) noexcept {
  try {
    const double now = output_.now();
    const double interval = output_.terminal ? kTerminalInterval : kLineInterval;
    const bool due = now - last_shown_ >= interval || (output_.terminal && !shown_);
    if (!output_.enabled || !(due || last)) return;
    last_shown_ = now;
    shown_ = true;
    const std::string text = line(now - start_);
    if (output_.terminal) {
      output_.write("\r\x1b[K" + text + (last ? "\n" : ""), !last);
    } else {
      output_.write(text + "\n", false);
    }
  } catch (...) {
    // A progress line is never worth the work that it tells of.
  }
}

void Progress::update(double done, std::string_view note) noexcept {
  try {
    note_ = note;
  } catch (...) {
    note_.clear();
  }
  done_ = done;
  updated_ = true;
  show(false);
}

void Progress::finish() noexcept {
  if (finished_) return;
  finished_ = true;
  if (updated_) show(true);
}

}  // namespace lingua

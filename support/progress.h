#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace lingua {

// Where progress goes and what time it is; a test puts its own in.
struct ProgressOutput {
  bool terminal = false;                                        // whether a line can be rewritten
  bool enabled = true;                                          // false: nothing is written
  std::function<double()> now;                                  // seconds on a steady clock
  std::function<void(std::string_view text, bool live)> write;  // live: the line is not ended
};

// stderr and the steady clock; disabled when quiet() (support/log.h).
ProgressOutput stderr_progress();

// How far a long piece of work is, for the person who waits. On a terminal one line that is
// rewritten at most 10 times a second; elsewhere whole lines, at most one every 10 s and the last.
// Never throws: what cannot be shown is left out. Not thread-safe.
class Progress {
 public:
  // `total` in `unit` (such as "tokens"); 0 when unknown. `label` names the work.
  Progress(double total, std::string unit, std::string label,
           ProgressOutput output = stderr_progress());
  ~Progress() { finish(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `done` of the total so far; `note` such as "loss 1.234".
  void update(double done, std::string_view note = "") noexcept;

  // For work that ends by time or by whichever limit comes first: the share that is done, 0 to 1,
  // instead of done / total. Takes effect with the next update().
  void set_fraction(double fraction) noexcept { fraction_ = fraction; }

  // Writes the last state and ends the line. Further calls do nothing.
  void finish() noexcept;

 private:
  double fraction() const;
  std::string line(double elapsed) const;
  void show(bool last) noexcept;

  double total_;
  std::string unit_;
  std::string label_;
  ProgressOutput output_;
  double start_ = 0;       // seconds
  double last_shown_ = 0;  // seconds
  double done_ = 0;        // units
  double fraction_ = -1;   // given by set_fraction(); negative: none
  std::string note_;
  bool shown_ = false;    // the terminal has a line of ours
  bool updated_ = false;  // there is something to show at the end
  bool finished_ = false;
};

}  // namespace lingua

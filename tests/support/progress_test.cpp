#include "support/progress.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

namespace lingua {
namespace {

// What a Progress wrote, with a clock that only the test moves.
struct Recorder {
  double time = 100;  // seconds
  std::vector<std::string> written;

  ProgressOutput output(bool terminal) {
    ProgressOutput result;
    result.terminal = terminal;
    result.now = [this] { return time; };
    result.write = [this](std::string_view text, bool) { written.emplace_back(text); };
    return result;
  }
};

using Lines = std::vector<std::string>;

TEST(Progress, WholeLinesEveryTenSecondsAndTheLast) {
  Recorder recorder;
  Progress progress(1000, "tokens", "align", recorder.output(false));
  for (int second = 1; second <= 25; ++second) {
    recorder.time = 100 + second;
    progress.update(second * 20, "loss 1.5");
  }
  progress.finish();
  EXPECT_EQ(recorder.written,
            (Lines{"align  20 %  200/1,000 tokens  20.0 tokens/s  0:40 left  loss 1.5\n",
                   "align  40 %  400/1,000 tokens  20.0 tokens/s  0:30 left  loss 1.5\n",
                   "align  50 %  500/1,000 tokens  20.0 tokens/s  0:25 left  loss 1.5\n"}));
}

TEST(Progress, TerminalLineIsRewrittenTenTimesASecond) {
  Recorder recorder;
  Progress progress(200, "steps", "align", recorder.output(true));
  for (int i = 1; i <= 100; ++i) {  // one second
    recorder.time = 100 + i / 100.0;
    progress.update(i);
  }
  // The first at once, then one for each tenth of a second that has passed since.
  EXPECT_GE(recorder.written.size(), 9u);
  EXPECT_LE(recorder.written.size(), 11u);
  recorder.time = 102;
  progress.update(200);
  EXPECT_EQ(recorder.written.back(),
            "\r\x1b[Kalign 100 % [####################]  200/200 steps  100 steps/s  0:02");
  progress.finish();
  EXPECT_EQ(recorder.written.back(),
            "\r\x1b[Kalign 100 % [####################]  200/200 steps  100 steps/s  0:02\n");
}

TEST(Progress, ShareOfTimeInsteadOfATotal) {
  Recorder recorder;
  Progress progress(1000, "tokens", "align", recorder.output(false));
  recorder.time = 160;
  progress.set_fraction(0.2);
  progress.update(60000);
  EXPECT_EQ(recorder.written, Lines{"align  20 %  60,000 tokens  1,000 tokens/s  4:00 left\n"});
}

TEST(Progress, UnknownTotalShowsTimeSpent) {
  Recorder recorder;
  Progress progress(0, "lines", "read", recorder.output(false));
  recorder.time = 110;
  progress.update(50);
  EXPECT_EQ(recorder.written, Lines{"read  50 lines  5.0 lines/s  0:10\n"});
}

TEST(Progress, NothingWithoutUpdateAndNothingAfterFinish) {
  Recorder recorder;
  { Progress silent(10, "steps", "a", recorder.output(true)); }
  EXPECT_EQ(recorder.written, Lines{});
  Progress progress(10, "steps", "a", recorder.output(false));
  progress.update(10);
  progress.finish();
  progress.finish();
  EXPECT_EQ(recorder.written, Lines{"a 100 %  10/10 steps  0:00\n"});
}

TEST(Progress, DisabledWritesNothing) {
  Recorder recorder;
  ProgressOutput output = recorder.output(true);
  output.enabled = false;
  Progress progress(10, "steps", "a", output);
  progress.update(5);
  progress.finish();
  EXPECT_EQ(recorder.written, Lines{});
}

TEST(Progress, OddNumbersAndAFailingOutputDoNoHarm) {
  Recorder recorder;
  Progress progress(100, "steps", "a", recorder.output(true));
  for (const double done : {-5.0, 1e300, 500.0, double(NAN), double(INFINITY)}) {
    recorder.time += 1;
    progress.update(done);
  }
  EXPECT_EQ(recorder.written.size(), 5u);
  ProgressOutput broken = recorder.output(true);
  broken.write = [](std::string_view, bool) { throw std::runtime_error("closed"); };
  Progress unseen(100, "steps", "a", broken);
  unseen.update(1);
  unseen.finish();
}

}  // namespace
}  // namespace lingua

#include "support/interrupt.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

namespace lingua {
namespace {

// Signals change the process for good, so each case runs in a child of its own.
TEST(InterruptDeathTest, NoSignalNoThrow) {
  EXPECT_EXIT(
      {
        install_signal_handlers();
        throw_if_interrupted();
        std::exit(interrupted());
      },
      testing::ExitedWithCode(0), "");
}

TEST(InterruptDeathTest, FirstSignalIsOnlyNoted) {
  for (const int signal : {SIGINT, SIGTERM}) {
    EXPECT_EXIT(
        {
          install_signal_handlers();
          ::raise(signal);
          int thrown = 0;
          try {
            throw_if_interrupted();
          } catch (const Interrupted& interruption) {
            thrown = interruption.signal;
          }
          std::exit(thrown == signal && interrupted() == signal ? 0 : 1);
        },
        testing::ExitedWithCode(0), "");
  }
}

TEST(InterruptDeathTest, SecondSignalEndsTheProcess) {
  EXPECT_EXIT(
      {
        install_signal_handlers();
        ::raise(SIGINT);
        ::raise(SIGINT);
      },
      testing::ExitedWithCode(130), "");
}

TEST(InterruptDeathTest, ClosedPipeIsNoSignal) {
  EXPECT_EXIT(
      {
        install_signal_handlers();
        ::raise(SIGPIPE);
        std::exit(interrupted());
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace lingua

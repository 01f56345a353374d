#include "support/log.h"

#include <gtest/gtest.h>

namespace lingua {
namespace {

class Log : public testing::Test {
 protected:
  void TearDown() override { set_quiet(false); }

  template <typename Action>
  static std::string stderr_of(Action action) {
    testing::internal::CaptureStderr();
    action();
    return testing::internal::GetCapturedStderr();
  }
};

TEST_F(Log, PrefixesItsLines) {
  EXPECT_EQ(stderr_of([] { log_info("ready"); }), "lingua: ready\n");
  EXPECT_EQ(stderr_of([] { log_warning("odd"); }), "lingua: warning: odd\n");
}

TEST_F(Log, QuietSilencesInformationOnly) {
  set_quiet(true);
  EXPECT_EQ(stderr_of([] { log_info("ready"); }), "");
  EXPECT_EQ(stderr_of([] { log_warning("odd"); }), "lingua: warning: odd\n");
}

TEST_F(Log, MakesControlCharactersHarmless) {
  EXPECT_EQ(stderr_of([] { log_warning("a\x1b[2Jb"); }), "lingua: warning: a\xEF\xBF\xBD[2Jb\n");
}

TEST_F(Log, WipesAnUnfinishedLineOnce) {
  EXPECT_EQ(stderr_of([] {
              write_to_stderr("50 %", true);
              log_info("one");
              log_info("two");
            }),
            "50 %\r\x1b[Klingua: one\nlingua: two\n");
}

}  // namespace
}  // namespace lingua

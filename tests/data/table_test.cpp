#include "data/table.h"

#include <gtest/gtest.h>

namespace lingua {
namespace {

TEST(Table, ColumnsAreAsWideAsNeeded) {
  EXPECT_EQ(to_text({"train", "held out"}, {{"lines", {"1,234,567", "8"}}, {"bad lines", {"2"}}}),
            "               train  held out\n"
            "lines      1,234,567         8\n"
            "bad lines          2\n");
}

TEST(Table, ARowWithoutCellsIsItsLabel) {
  EXPECT_EQ(to_text({}, {{"one", {}}, {"two", {"2"}}}), "\none\ntwo  2\n");
}

}  // namespace
}  // namespace lingua

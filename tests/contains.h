#pragma once

#include <gtest/gtest.h>

#include <string_view>

namespace lingua {

// For EXPECT_TRUE: shows the text when it lacks the part.
inline ::testing::AssertionResult contains(std::string_view text, std::string_view part) {
  if (text.find(part) != std::string_view::npos) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << '"' << text << "\" lacks \"" << part << '"';
}

}  // namespace lingua

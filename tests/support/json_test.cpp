#include "support/json.h"

#include <gtest/gtest.h>

#include "tests/error_of.h"

namespace lingua {
namespace {

std::string message_for(std::string_view text) {
  const auto error = error_of([&] { parse_json(text, "a.json", ErrorKind::kModel); });
  return error ? error->what() : "";
}

TEST(Json, KeepsTheOrderOfKeys) {
  EXPECT_EQ(dump_json(parse_json(R"({"b":1,"a":[true,null,"x"]})", "w", ErrorKind::kData)),
            R"({"b":1,"a":[true,null,"x"]})");
}

TEST(Json, RefusesWhatIsNotOneValue) {
  for (const char* text : {"", "{", "{} {}", "[1,]", "nul", "{\"a\" 1}", "\"\xFF\""}) {
    EXPECT_EQ(message_for(text).rfind("a.json: not valid JSON: parse error at line 1", 0), 0u)
        << text << " gives " << message_for(text);
  }
}

TEST(Json, RefusesAKeyTwice) {
  EXPECT_EQ(message_for(R"({"a":1,"b":{"a":2},"a":3})"), "a.json: JSON has the key \"a\" twice");
  EXPECT_EQ(message_for(R"([{"a":1},{"a":1}])"), "");
}

TEST(Json, RefusesDeepNesting) {
  EXPECT_EQ(message_for(std::string(64, '[') + std::string(64, ']')), "");
  EXPECT_EQ(message_for(std::string(100000, '[')), "a.json: JSON is nested deeper than 64");
}

TEST(Json, CarriesTheKindAskedFor) {
  EXPECT_EQ(error_of([] { parse_json("x", "w", ErrorKind::kData); })->kind(), ErrorKind::kData);
}

TEST(Json, DumpsBrokenTextAsReplacement) {
  EXPECT_EQ(dump_json(Json("a\xFF")), "\"a\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace lingua

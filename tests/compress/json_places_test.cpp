#include "compress/json_places.h"

#include <gtest/gtest.h>

namespace lingua {
namespace {

std::string at(const std::string& text, const ByteRange& bytes) {
  return text.substr(bytes.begin, bytes.end - bytes.begin);
}

TEST(JsonPlaces, ValuesOfEveryKind) {
  for (const std::string value :
       {"1e-3", "null", "true", R"("a\"]\\")", "[ 1, [\"]\"] ]", R"({"a": {"b": "}"}})"}) {
    const std::string text = " \n" + value + " ";
    EXPECT_EQ(at(text, value_at(text, 0)), value);
  }
  EXPECT_EQ(at("12", value_at("12", 0)), "12");
}

TEST(JsonPlaces, ElementsAndMembers) {
  const std::string list = R"([ "a,b" ,2,{"c": [3, 4]} ])";
  const auto elements = elements_at(list, 0);
  ASSERT_EQ(elements.size(), 3u);
  EXPECT_EQ(at(list, elements[0]), R"("a,b")");
  EXPECT_EQ(at(list, elements[2]), R"({"c": [3, 4]})");
  EXPECT_TRUE(elements_at("[ ]", 0).empty());
  const std::string object = R"({"a" : "x", "\u0062":{"c":1},"d":[]})";
  EXPECT_EQ(at(object, member_at(object, 0, "a")), R"("x")");
  EXPECT_EQ(at(object, member_at(object, 0, "b")), R"({"c":1})");
  EXPECT_EQ(at(object, member_at(object, 0, "c")), "");
  EXPECT_EQ(at("{ }", member_at("{ }", 0, "a")), "");
}

TEST(JsonPlaces, ElementsThatGoTakeTheirCommas) {
  const std::string text = "[ 1 , 2,3 ]";
  const ByteRange all{0, text.size()};
  const auto elements = elements_at(text, 0);
  EXPECT_EQ(list_with(text, all, elements, {"1", "2", "3"}), text);
  EXPECT_EQ(list_with(text, all, elements, {"", "x", "3"}), "[ x,3 ]");
  EXPECT_EQ(list_with(text, all, elements, {"1", "", ""}), "[ 1 ]");
  EXPECT_EQ(list_with(text, all, elements, {"1", "", "3"}), "[ 1,3 ]");
  EXPECT_EQ(list_with(text, all, elements, {"", "", ""}), "[  ]");
  EXPECT_EQ(exchanged(text, {2, 7}, elements[1], "\"b\""), "1 , \"b\"");
}

}  // namespace
}  // namespace lingua

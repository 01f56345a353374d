#include "compress/json_text.h"

#include <gtest/gtest.h>

#include "tests/error_of.h"

namespace lingua {
namespace {

// The text with what may go in square brackets and what stays whole within it in angle brackets.
std::string marked(const std::string& text, const JsonRules& rules = {}) {
  const JsonMarks marks = mark_json(text, rules);
  std::string result;
  std::size_t at = 0;
  const auto free_text = [&](std::size_t end) {
    if (at == end) return;
    result += '[';
    for (const auto& one : marks.whole) {
      if (one.begin < at || one.end > end) continue;
      result += text.substr(at, one.begin - at);
      result += '<' + text.substr(one.begin, one.end - one.begin) + '>';
      at = one.end;
    }
    result += text.substr(at, end - at) + ']';
  };
  for (const auto& fixed : marks.fixed) {
    free_text(fixed.begin);
    result += text.substr(fixed.begin, fixed.end - fixed.begin);
    at = fixed.end;
  }
  free_text(text.size());
  return result;
}

TEST(JsonText, OnlyStringValuesMayGo) {
  EXPECT_EQ(marked(R"({"a": "xy", "b": [1.50, true, null, "z"], "c": {"d": "e"}})"),
            R"({"a": "[xy]", "b": [1.50, true, null, "[z]"], "c": {"d": "[e]"}})");
  EXPECT_EQ(marked(R"("alone")"), R"("[alone]")");
  EXPECT_EQ(marked("12345678901234567890"), "12345678901234567890");
  EXPECT_EQ(marked(R"({"a": "", "": "b"})"), R"({"a": "", "": "[b]"})");
}

TEST(JsonText, EscapesStayWhole) {
  EXPECT_EQ(marked(R"(["a\nb\\\"c"])"), R"(["[a<\n>b<\\><\">c]"])");
  EXPECT_EQ(marked(R"(["\u00e9\ud83d\ude00x"])"), R"(["[<\u00e9><\ud83d\ude00>x]"])");
}

TEST(JsonText, RulesByPathThenNameThenStar) {
  JsonRules rules;
  rules["a.b"].compress = false;
  rules["b"].rate = 0.5;
  rules["*"].rate = 0.25;
  const std::string text = R"({"a": {"b": "1", "c": ["2"]}, "b": "3"})";
  const JsonMarks marks = mark_json(text, rules);
  EXPECT_EQ(marked(text, rules), R"({"a": {"b": "1", "c": ["[2]"]}, "b": "[3]"})");
  EXPECT_EQ(marks.spans, (std::vector<RatedSpan>{{{24, 25}, 0.25}, {{36, 37}, 0.5}}));
}

TEST(JsonText, KeysWithEscapesAreRead) {
  JsonRules rules;
  rules["k\"1"].compress = false;
  EXPECT_EQ(marked(R"({"k\"1": "stays", "k": "goes"})", rules),
            R"({"k\"1": "stays", "k": "[goes]"})");
}

TEST(JsonText, RangesOfAPromptCountFromItsBeginning) {
  Prompt prompt;
  prompt.instruction = "Do";
  prompt.context = {R"(["a"])"};
  const PromptText text = text_of_json(prompt, {});
  EXPECT_EQ(text.fixed, (std::vector<ByteRange>{{4, 6}, {7, 9}}));
}

TEST(JsonText, ContextThatIsNoJsonIsAnError) {
  Prompt prompt;
  prompt.context = {"{\"a\": }"};
  const auto error = error_of([&] { text_of_json(prompt, {}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kData);
}

TEST(JsonText, RulesFromJson) {
  const auto read = [](const char* text) {
    return json_rules_from(parse_json(text, "r", ErrorKind::kData), "r.json");
  };
  const JsonRules rules = read(R"({"a": {"rate": 0.5}, "b": {"compress": false}, "c": {}})");
  EXPECT_EQ(rules.at("a").rate, 0.5);
  EXPECT_FALSE(rules.at("b").compress);
  EXPECT_TRUE(rules.at("c").compress);
  for (const char* bad : {"[]", R"({"a": 1})", R"({"a": {"rate": 2}})", R"({"a": {"rate": "x"}})",
                          R"({"a": {"compress": 1}})", R"({"a": {"remove": true}})"}) {
    const auto error = error_of([&] { read(bad); });
    ASSERT_TRUE(error) << bad;
    EXPECT_EQ(std::string(error->what()).rfind("r.json: ", 0), 0u) << error->what();
  }
}

}  // namespace
}  // namespace lingua

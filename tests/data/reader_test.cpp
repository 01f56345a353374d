#include "data/reader.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/error.h"
#include "tests/error_of.h"
#include "tests/paths.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

constexpr char kGood[] = "{\"prompt\": \"p\", \"completion\": \"c\"}\n";
constexpr char kOther[] = "{\"prompt\": \"p\", \"completion\": \"d\"}\n";

// A file whose second line is bad: the first and third show that the others are still read.
struct BadLine {
  std::string_view line;
  const char* reason;
};

using namespace std::string_view_literals;

const BadLine kBadLines[] = {
    // Not one JSON value.
    {"hello",
     "not valid JSON: parse error at line 1, column 1: syntax error while parsing value - invalid "
     "literal; last read: 'h'"},
    {R"({"prompt": "a", "completion": "b")",
     "not valid JSON: parse error at line 1, column 34: syntax error while parsing object - "
     "unexpected end of input; expected '}'"},
    {R"({"prompt": "a", "completion": "b"} {})",
     "not valid JSON: parse error at line 1, column 36: syntax error while parsing value - "
     "unexpected '{'; expected end of input"},
    {R"({"prompt": "a", "completion": "\ud800"})",
     "not valid JSON: parse error at line 1, column 38: syntax error while parsing value - invalid "
     "string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF; last read: "
     "'\"\\ud800\"'"},
    {R"({"prompt": "a", "prompt": "b", "completion": "c"})", "JSON has the key \"prompt\" twice"},
    {"{\"prompt\": \"a\0\", \"completion\": \"b\"}"sv, "NUL at byte 14"},
    {"{\"prompt\": \"a\xFF\", \"completion\": \"b\"}", "not UTF-8 at byte 14"},
    {"{\"prompt\": \"\xED\xA0\x80\", \"completion\": \"b\"}", "not UTF-8 at byte 13"},
    // What other languages take for JSON.
    {R"({"prompt": "a", "completion": "b",})",
     "not valid JSON: parse error at line 1, column 35: syntax error while parsing object key - "
     "unexpected '}'; expected string literal"},
    {R"({"prompt": NaN, "completion": "b"})",
     "not valid JSON: parse error at line 1, column 12: syntax error while parsing value - invalid "
     "literal; last read: '\"prompt\": N'"},
    {R"({"prompt": Infinity, "completion": "b"})",
     "not valid JSON: parse error at line 1, column 12: syntax error while parsing value - invalid "
     "literal; last read: '\"prompt\": I'"},
    {R"({"prompt": True, "completion": "b"})",
     "not valid JSON: parse error at line 1, column 12: syntax error while parsing value - invalid "
     "literal; last read: '\"prompt\": T'"},
    {R"({'prompt': 'a', 'completion': 'b'})",
     "not valid JSON: parse error at line 1, column 2: syntax error while parsing object key - "
     "invalid literal; last read: '{''; expected string literal"},
    {R"({prompt: "a", completion: "b"})",
     "not valid JSON: parse error at line 1, column 2: syntax error while parsing object key - "
     "invalid literal; last read: '{p'; expected string literal"},
    {R"({"prompt": "a" "completion": "b"})",
     "not valid JSON: parse error at line 1, column 27: syntax error while parsing object - "
     "unexpected string literal; expected '}'"},
    {R"({"prompt": 01, "completion": "b"})",
     "not valid JSON: parse error at line 1, column 13: syntax error while parsing object - "
     "unexpected number literal; expected '}'"},
    {R"({"prompt": "a", "completion": "b"}})",
     "not valid JSON: parse error at line 1, column 35: syntax error while parsing value - "
     "unexpected '}'; expected end of input"},
    {"{\"prompt\": \"a\tb\", \"completion\": \"c\"}",
     "not valid JSON: parse error at line 1, column 14: syntax error while parsing value - invalid "
     "string: control character U+0009 (HT) must be escaped to \\u0009 or \\t; last read: "
     "'\"a<U+0009>'"},
    {R"({"prompt": "a\x", "completion": "c"})",
     "not valid JSON: parse error at line 1, column 15: syntax error while parsing value - invalid "
     "string: forbidden character after backslash; last read: '\"a\\x'"},
    {R"({"prompt": "\udc00", "completion": "c"})",
     "not valid JSON: parse error at line 1, column 18: syntax error while parsing value - invalid "
     "string: surrogate U+DC00..U+DFFF must follow U+D800..U+DBFF; last read: '\"\\udc00'"},
    {R"({"prompt": "a", "completion": "\u12"})",
     "not valid JSON: parse error at line 1, column 36: syntax error while parsing value - invalid "
     "string: '\\u' must be followed by 4 hex digits; last read: '\"\\u12\"'"},
    {"// a comment",
     "not valid JSON: parse error at line 1, column 1: syntax error while parsing value - invalid "
     "literal; last read: '/'"},
    {"prompt,completion",
     "not valid JSON: parse error at line 1, column 1: syntax error while parsing value - invalid "
     "literal; last read: 'p'"},
    // Not an object.
    {R"(["prompt", "completion"])", "the line is an array, not an object"},
    {R"("prompt")", "the line is a string, not an object"},
    {"17", "the line is a number, not an object"},
    {"null", "the line is null, not an object"},
    {"true", "the line is a boolean, not an object"},
    // No dialect.
    {"{}", "the object has no fields"},
    {R"({"promt": "a", "completion": "b"})",
     "no dialect has the fields \"promt\", \"completion\"; nearest is {prompt, completion}, "
     "without \"prompt\" (is it \"promt\"?)"},
    {R"({"prompt": "a", "response": "b"})",
     "no dialect has the fields \"prompt\", \"response\"; nearest is {prompt, completion}, without "
     "\"completion\""},
    {R"({"instruction": "a", "input": "b"})",
     "no dialect has the fields \"instruction\", \"input\"; nearest is {instruction, input, "
     "output}, without \"output\""},
    {R"({"message": []})",
     "no dialect has the fields \"message\"; nearest is {messages}, without \"messages\" (is it "
     "\"message\"?)"},
    {R"({"text": "a"})",
     "no dialect has the fields \"text\"; known are {messages}, {prompt, completion}, "
     "{instruction, input, output}, {conversations}, {request, response}"},
    {R"({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1, "g": 1})",
     "no dialect has the fields \"a\", \"b\", \"c\", \"d\", \"e\", \"f\", ...; known are "
     "{messages}, {prompt, completion}, {instruction, input, output}, {conversations}, {request, "
     "response}"},
    // Fields of the wrong kind or without text.
    {R"({"prompt": 1, "completion": "b"})", "\"prompt\" is a number, not a string"},
    {R"({"prompt": "a", "completion": null})", "\"completion\" is null, not a string"},
    {R"({"prompt": ["a"], "completion": "b"})", "\"prompt\" is an array, not a string"},
    {R"({"prompt": "", "completion": "b"})", "\"prompt\" is empty"},
    {R"({"prompt": "a", "completion": ""})", "\"completion\" is empty"},
    {R"({"prompt": "a", "completion": " \n\t"})", "\"completion\" is empty"},
    {R"({"prompt": "a", "completion": "b\u0000"})", "\"completion\" holds a NUL character"},
    {R"({"instruction": "a", "output": {"text": "b"}})", "\"output\" is an object, not a string"},
    {R"({"instruction": "a", "output": ""})", "\"output\" is empty"},
    {R"({"instruction": " ", "output": "b"})", "\"instruction\" is empty"},
    {R"({"instruction": "a", "input": 3, "output": "b"})", "\"input\" is a number, not a string"},
    // Messages.
    {R"({"messages": "a"})", "\"messages\" is a string, not an array"},
    {R"({"messages": []})", "\"messages\" has no assistant turn"},
    {R"({"messages": ["a"]})", "messages[0] is a string, not an object"},
    {R"({"messages": [{"content": "a"}]})", "messages[0].role is missing"},
    {R"({"messages": [{"role": 1, "content": "a"}]})",
     "messages[0].role is a number, not a string"},
    {R"({"messages": [{"role": "user", "content": "a"}, {"role": "gpt", "content": "b"}]})",
     "messages[1].role \"gpt\" is unknown; known are system, developer, user, assistant"},
    {R"({"messages": [{"role": "user"}]})", "messages[0].content is missing"},
    {R"({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": null}]})",
     "messages[1].content is null, not a string"},
    {R"({"messages": [{"role": "user", "content": ""}, {"role": "assistant", "content": "b"}]})",
     "messages[0].content is empty"},
    {R"({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": " "}]})",
     "messages[1].content is empty"},
    {R"({"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "a"}]})",
     "\"messages\" has no assistant turn"},
    {R"({"messages": [{"role": "tool", "content": "a"}]})",
     "messages[0].role \"tool\" is unknown; known are system, developer, user, assistant"},
    {R"({"messages": [{"role": "assistant", "content": "a", "train": 1}]})",
     "messages[0].train is a number, not a boolean"},
    {R"({"messages": [{"role": "assistant", "content": "a", "weight": 0.5}]})",
     "messages[0].weight is 0.5, not 0 or 1"},
    {R"({"messages": [{"role": "assistant", "content": "a", "weight": "1"}]})",
     "messages[0].weight is a string, not 0 or 1"},
    {R"({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]})",
     "messages[0].content[0] is of type \"image_url\", not text"},
    {R"({"messages": [{"role": "user", "content": ["a"]}]})",
     "messages[0].content[0] is a string, not an object"},
    {R"({"messages": [{"role": "user", "content": []}]})", "messages[0].content is empty"},
    {R"({"messages": [{"role": "user", "content": [{"text": "a"}]}]})",
     "messages[0].content[0].type is missing"},
    // ShareGPT.
    {R"({"conversations": {}})", "\"conversations\" is an object, not an array"},
    {R"({"conversations": []})", "\"conversations\" has no assistant turn"},
    {R"({"conversations": [{"from": "human", "value": "a"}]})",
     "\"conversations\" has no assistant turn"},
    {R"({"conversations": [{"from": "human", "text": "a"}]})", "conversations[0].value is missing"},
    {R"({"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": ""}]})",
     "conversations[1].value is empty"},
    {R"({"conversations": [{"from": "tool", "value": "a"}]})",
     "conversations[0].from \"tool\" is unknown; known are system, human, gpt"},
    {R"({"conversation": []})",
     "no dialect has the fields \"conversation\"; nearest is {conversations}, without "
     "\"conversations\" (is it \"conversation\"?)"},
    // OpenAI's logs.
    {R"({"request": {"messages": []}})",
     "no dialect has the fields \"request\"; nearest is {request, response}, without "
     "\"response\""},
    {R"({"custom_id": "a", "body": {"messages": [{"role": "user", "content": "q"}]}})",
     "a request without its response: \"choices\" is missing"},
    {R"({"custom_id": "a", "response": {"body": {"choices": []}}})",
     "a response without its request: there is neither \"messages\" nor \"prompt\""},
    {R"({"prompt": "q", "choices": []})", "\"choices\" is empty"},
    {R"({"prompt": "q", "choices": ["a"]})", "choices[0] is a string, not an object"},
    {R"({"prompt": "q", "choices": [{"index": 0}]})", "choices[0].message is missing"},
    {R"({"prompt": "q", "choices": [{"text": ""}]})", "choices[0].text is empty"},
    {R"({"prompt": ["q"], "choices": [{"text": "a"}]})", "\"prompt\" is an array, not a string"},
    {R"({"prompt": "q", "echo": true, "choices": [{"text": "qa"}]})",
     "\"echo\" is true: the response repeats the prompt"},
    {R"({"messages": [], "response": {"choices": [{"message": {"role": "assistant",)"
     R"( "content": null, "tool_calls": []}}]}})",
     "response.choices[0].message.content is null, not a string"},
    {R"({"request": {"prompt": "q"}, "response": {"choices": [{"message": {"role": "user",)"
     R"( "content": "a"}}]}})",
     "response.choices[0].message.role is not assistant"},
    {R"({"request": {"prompt": "q"}, "response": {"error": {"message": "overloaded"}}})",
     "the request failed: overloaded"},
    {R"({"custom_id": "a", "response": null, "error": {"code": 3}})",
     "the request failed: {\"code\":3}"},
};

TEST(Reader, EachBadLineHasItsReason) {
  const TemporaryFolder folder;
  for (const BadLine& bad : kBadLines) {
    const std::string path = folder.write("f.jsonl", kGood + std::string(bad.line) + "\n" + kOther);
    const ReadResult result = read_examples({path});
    EXPECT_EQ(result.bad, std::vector<std::string>{path + ":2: " + bad.reason}) << bad.line;
    EXPECT_EQ(result.examples.size(), 2u) << bad.line;
  }
}

TEST(Reader, DeepNestingIsABadLineAndNoCrash) {
  const TemporaryFolder folder;
  for (const char* unit : {"[", "{\"a\":"}) {
    std::string line = "{\"prompt\": ";
    for (int i = 0; i < 100000; ++i) line += unit;
    const std::string path = folder.write("f", kGood + line + "\n");
    EXPECT_EQ(read_examples({path}).bad,
              std::vector<std::string>{path + ":2: JSON is nested deeper than 64"});
  }
}

TEST(Reader, ALineOfTenMegabytesIsRead) {
  const TemporaryFolder folder;
  const std::string answer(10 << 20, 'x');
  const ReadResult result =
      read_examples({folder.write("f", R"({"prompt": "p", "completion": ")" + answer + "\"}\n")});
  ASSERT_EQ(result.examples.size(), 1u);
  EXPECT_EQ(result.examples[0].messages[1].content.size(), answer.size());
}

TEST(Reader, ReadsFilesInOrderAndSaysWhereFrom) {
  const TemporaryFolder folder;
  const std::string a = folder.write("a", std::string("\n") + kGood);
  const std::string b =
      folder.write("b", "\xEF\xBB\xBF{\"instruction\":\"i\",\"output\":\"o\",\"id\":7}\r\n \r\n");
  const ReadResult result = read_examples({a, b});
  ASSERT_EQ(result.examples.size(), 2u);
  EXPECT_EQ(result.examples[0].source, a);
  EXPECT_EQ(result.examples[0].line, 2u);
  EXPECT_EQ(result.examples[1].source, b);
  EXPECT_EQ(result.examples[1].line, 1u);
  EXPECT_EQ(result.examples[1].id, "7");
  EXPECT_EQ(result.blank_lines, 2u);
  EXPECT_TRUE(result.bad.empty());
}

TEST(Reader, LeavesDuplicatesOutUnlessAskedNotTo) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", std::string(kGood) + kGood +
                                                 R"({"messages":[{"role":"user","content":"p"},)" +
                                                 R"({"role":"assistant","content":"c"}]})" + "\n" +
                                                 R"({"prompt":"p","completion":"other"})");
  testing::internal::CaptureStderr();
  const ReadResult result = read_examples({path});
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "lingua: warning: 2 examples left out whose messages stood before\n");
  ASSERT_EQ(result.examples.size(), 2u);
  EXPECT_EQ(result.examples[1].line, 4u);
  EXPECT_EQ(result.duplicates, 2u);
  ReadOptions options;
  options.keep_duplicates = true;
  const ReadResult kept = read_examples({path, path}, options);
  EXPECT_EQ(kept.examples.size(), 8u);
  EXPECT_EQ(kept.duplicates, 6u);
  EXPECT_EQ(read_examples({path, path}).examples.size(), 2u);  // of files as of lines
}

TEST(Reader, CountsNearEmptyAnswersAndLeavesThemOutIfAskedTo) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a",
                                        "{\"prompt\": \"p\", \"completion\": \" \u00e9 1 \"}\n"
                                        "{\"prompt\": \"p\", \"completion\": \"four\"}\n");
  EXPECT_EQ(read_examples({path}).examples.size(), 2u);
  EXPECT_EQ(read_examples({path}).near_empty, 1u);
  ReadOptions options;
  options.drop_near_empty = true;
  const ReadResult result = read_examples({path}, options);
  ASSERT_EQ(result.examples.size(), 1u);
  EXPECT_EQ(result.examples[0].messages[1].content, "four");
  options.near_empty = 5;
  const auto error = error_of([&] { read_examples({path}, options); });
  ASSERT_TRUE(error);
  EXPECT_STREQ(error->what(), "no example is left of 2 lines: all of them are near-empty");
}

TEST(Reader, GivesEachFileItsWeight) {
  const TemporaryFolder folder;
  const std::string a = folder.write("a:1", kGood);
  const std::string b = folder.write("b", R"({"prompt": "p", "completion": "d"})");
  ReadOptions options;
  options.weights = {1.0, 0.25};
  const ReadResult result = read_examples({a, b}, options);
  ASSERT_EQ(result.examples.size(), 2u);
  EXPECT_EQ(result.examples[0].weight, 1.0);
  EXPECT_EQ(result.examples[1].weight, 0.25);
  const auto few = error_of([&] { read_examples({a}, options); });
  ASSERT_TRUE(few);
  EXPECT_EQ(few->kind(), ErrorKind::kUsage);
  EXPECT_STREQ(few->what(), "1 data file and 2 weights are given");
  for (const double weight : {0.0, -1.0, 1e-4, 1001.0, std::nan("")}) {
    options.weights = {weight, 1.0};
    EXPECT_TRUE(error_of([&] { validate(options); })) << weight;
  }
}

TEST(Reader, AFileCutOffSaysSo) {
  const TemporaryFolder folder;
  for (const char* end : {R"({"prompt": "a", "completion": "b)", R"({"prompt": "a",)", "{"}) {
    const std::string path = folder.write("f", kGood + std::string(end));
    EXPECT_EQ(read_examples({path}).bad,
              std::vector<std::string>{path + ":2: the file ends inside this line"})
        << end;
  }
}

TEST(Reader, AnOverlongLineIsBadAndTheNextIsRead) {
  const TemporaryFolder folder;
  const std::string path =
      folder.write("f", kGood + std::string((16 << 20) + 1, ' ') + "x\n" + kOther);
  const ReadResult result = read_examples({path});
  EXPECT_EQ(result.examples.size(), 2u);
  EXPECT_EQ(result.bad, std::vector<std::string>{path + ":2: the line is longer than 16.0 MiB"});
  const std::string text = folder.write("g", kGood + std::string((16 << 20) + 1, 'x') + "\n");
  EXPECT_EQ(read_examples({text}).bad,
            std::vector<std::string>{text + ":2: the line is longer than 16.0 MiB"});
}

TEST(Reader, ReasonsStayShortAndPrintable) {
  const TemporaryFolder folder;
  const std::string path =
      folder.write("f", kGood + std::string("\"\x1b[2J") + std::string(100000, 'x') + "\n");
  const ReadResult result = read_examples({path});
  ASSERT_EQ(result.bad.size(), 1u);
  EXPECT_LE(result.bad[0].size(), 303u);
  EXPECT_EQ(result.bad[0].find('\x1b'), std::string::npos);
}

TEST(Reader, WarnsOfTheFirstFiveAndCountsAll) {
  const TemporaryFolder folder;
  std::string bytes = kGood;
  for (int i = 0; i < 7; ++i) bytes += "17\n";
  const std::string path = folder.write("f", bytes);
  testing::internal::CaptureStderr();
  read_examples({path});
  std::string expected;
  for (int line = 2; line <= 6; ++line) {
    expected += "lingua: warning: " + path + ":" + std::to_string(line) +
                ": the line is a number, not an object\n";
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            expected + "lingua: warning: 7 bad lines passed over, 1 example read\n");
}

TEST(Reader, TooManyBadLinesListTheFirst) {
  const TemporaryFolder folder;
  const std::string good = folder.write("a", kGood);
  const std::string bad = folder.write("b", "1\n2\n3\n4\n5\n6\n7\n");
  ReadOptions options;
  options.max_bad_lines = 5;
  const auto error = error_of([&] { read_examples({good, bad}, options); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kData);
  std::string expected = "more than 5 bad lines; the first are";
  for (int line = 1; line <= 5; ++line) {
    expected += "\n  " + bad + ":" + std::to_string(line) + ": the line is a number, not an object";
  }
  EXPECT_EQ(error->what(), expected + "\n  ...");
  EXPECT_EQ(error->hint(), "mend these lines or take them out");
}

struct BadFile {
  std::string_view bytes;
  const char* message;  // behind the path
  const char* hint;
};

const BadFile kBadFiles[] = {
    {"", " is empty", ""},
    {"\n \r\n", " is empty", ""},
    {"\xEF\xBB\xBF", " is empty", ""},
    {"17\n", " holds no example; its bad lines are\n  PATH:1: the line is a number, not an object",
     ""},
    {"\n[{\"prompt\": \"a\"},\n", ":2: the file is a JSON array, not JSON Lines",
     "write one object a line: jq -c '.[]' IN > OUT"},
    {"{\n  \"prompt\": \"a\"\n}\n", ":1: the object goes on over the end of the line",
     "write one object a line: jq -c . IN > OUT"},
    {"\xFF\xFE{\0\"\0"sv, ":1: the file is UTF-16, not UTF-8",
     "convert it: iconv -f UTF-16 -t UTF-8 IN > OUT"},
};

TEST(Reader, RefusesFilesThatAreNoJsonLines) {
  const TemporaryFolder folder;
  for (const BadFile& bad : kBadFiles) {
    const std::string path = folder.write("f", bad.bytes);
    const auto error = error_of([&] { read_examples({path}); });
    ASSERT_TRUE(error) << bad.message;
    EXPECT_EQ(error->kind(), ErrorKind::kData);
    std::string expected = path + bad.message;
    if (const auto at = expected.find("PATH"); at != std::string::npos) {
      expected.replace(at, 4, path);
    }
    EXPECT_EQ(error->what(), expected);
    EXPECT_EQ(error->hint(), bad.hint);
  }
}

TEST(Reader, RefusesAMissingFileAndNone) {
  const TemporaryFolder folder;
  const auto missing = error_of([&] { read_examples({folder.file("no")}); });
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->kind(), ErrorKind::kData);
  EXPECT_EQ(missing->what(), "cannot open " + folder.file("no") + ": No such file or directory");
  const auto none = error_of([] { read_examples({}); });
  ASSERT_TRUE(none);
  EXPECT_EQ(none->kind(), ErrorKind::kUsage);
}

// Our own examples, each line an Alpaca record with a domain.
TEST(Reader, ReadsTheExamplesOfTheRepository) {
  const std::string folder = source_dir() + "/examples/";
  const ReadResult result = read_examples({folder + "target_outputs.jsonl"});
  EXPECT_GE(result.examples.size(), 300u);
  EXPECT_TRUE(result.bad.empty());
  EXPECT_EQ(result.duplicates, 0u);
  for (const Example& example : result.examples) EXPECT_NE(example.domain, "") << example.line;
}

}  // namespace
}  // namespace lingua

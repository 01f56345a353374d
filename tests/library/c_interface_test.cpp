#include <gtest/gtest.h>
#include <lingua/compress.h>
#include <lingua/lingua.h>

#include <nlohmann/json.hpp>

#include "tests/contains.h"
#include "tests/library/tiny_library_model.h"

namespace lingua {
namespace {

using Json = nlohmann::json;

const std::string kText = "The ferry left at nine.\n\nIt carried eighteen cars, \u6f22\u5b57.";

class CInterface : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto status =
        lingua_open(tiny_model_path().c_str(), R"({"dtype": "fp32", "threads": 1})", &compressor_);
    ASSERT_EQ(status, LINGUA_OK) << lingua_error();
  }
  void TearDown() override { lingua_close(compressor_); }

  // The result for a request, null with the status in `status_` when it failed.
  Json compressed(const std::string& request) {
    char* text = nullptr;
    status_ = lingua_compress(compressor_, request.c_str(), &text);
    EXPECT_EQ(text == nullptr, status_ != LINGUA_OK);
    const Json result = text == nullptr ? Json() : Json::parse(text);
    lingua_free(text);
    return result;
  }

  lingua_compressor* compressor_ = nullptr;
  lingua_status status_ = LINGUA_OK;
};

TEST_F(CInterface, TextIsCompressedAsByTheClass) {
  char* text = nullptr;
  ASSERT_EQ(lingua_compress_text(compressor_, kText.c_str(), 0.5, &text), LINGUA_OK);
  Settings settings;
  settings.rate = 0.5;
  EXPECT_EQ(text, tiny_compressor().compress(kText, settings).text);
  lingua_free(text);
}

TEST_F(CInterface, RequestsAndResultsAreJson) {
  const Json result = compressed(
      R"({"instruction": "Answer.", "context": ["one two three", "four five"], "question": "Why?",
          "rate": 0.7, "settings": {"keep": ["t.o"], "mode": "paper"}})");
  ASSERT_EQ(status_, LINGUA_OK) << lingua_error();
  const auto text = result["compressed_prompt"].get<std::string>();
  EXPECT_TRUE(contains(text, "two"));
  EXPECT_TRUE(contains(text, "Answer."));
  EXPECT_EQ(result["mode"], "paper");
  EXPECT_FALSE(result.contains("tokens"));
}

TEST_F(CInterface, TheFateOfEveryTokenOnRequest) {
  const Json result = compressed(R"({"context": ["one two three"], "settings": {"tokens": true}})");
  ASSERT_EQ(status_, LINGUA_OK) << lingua_error();
  EXPECT_EQ(result["tokens"].size(), result["origin_tokens"]);
}

TEST_F(CInterface, EverySettingByItsName) {
  const Json result = compressed(
      R"({"context": ["one two. Three four.", {"a": "five six"}], "question": "Why?", "settings": {
          "units": "phrase", "demonstration_level": true, "sentence_level": true,
          "token_level": true, "granularity": 2, "sentence_granularity": 1.5, "keep_sentences": 1,
          "score": "contrast", "effort": "low", "rank": "embedding", "reorder": "given", "dynamic_ratio": 0.1,
          "form": "json", "json_rules": {"a": {"compress": false}}, "compress_system": false,
          "keep": [], "keep_tokens": [], "keep_digits": false, "protect": ["urls"],
          "keep_contexts": [], "require_contexts": [1], "keep_first_sentences": 0,
          "keep_last_sentences": 0, "budget_tokenizer": "", "instruction_rate": 1,
          "question_rate": 1, "segment_tokens": 100, "mode": "lingua", "fixed_quirks": []}})");
  EXPECT_EQ(status_, LINGUA_DATA) << "a context that is no JSON";
  const Json good = compressed(
      R"({"context": [{"a": "five six", "b": "one two. Three four."}], "question": "Why?",
          "settings": {"form": "json", "json_rules": {"a": {"compress": false}}}})");
  ASSERT_EQ(status_, LINGUA_OK) << lingua_error();
  EXPECT_TRUE(contains(good["compressed_prompt"].get<std::string>(), R"("a":"five six")"));
}

TEST_F(CInterface, ConversationsAndRecovery) {
  const Json result = compressed(
      R"({"messages": [{"role": "user", "content": "one two three four"},
          {"role": "user", "content": "Why?"}], "rate": 0.6, "settings": {"tokens": true}})");
  ASSERT_EQ(status_, LINGUA_OK) << lingua_error();
  EXPECT_EQ(result["messages"][1]["content"], "Why?");
  EXPECT_FALSE(result["tokens"].empty());
  char* text = nullptr;
  ASSERT_EQ(lingua_recover(R"({"response": "in the harbour", "original": "in the old town harbour",
                               "kept": [[0, 6], [15, 23]]})",
                           &text),
            LINGUA_OK)
      << lingua_error();
  EXPECT_STREQ(text, "in the old town harbour");
  lingua_free(text);
  text = nullptr;
  EXPECT_EQ(lingua_recover(R"({"response": "a", "original": "a", "kept": [[0, 9]]})", &text),
            LINGUA_DATA);
  EXPECT_EQ(lingua_recover(R"({"response": "a", "original": "a", "kept": [5]})", &text),
            LINGUA_USAGE);
  EXPECT_EQ(lingua_recover("{}", &text), LINGUA_USAGE);
  EXPECT_EQ(text, nullptr);
}

struct BadRequest {
  std::string request;
  lingua_status status;
  std::string error;
};

const BadRequest kBadRequests[] = {
    {"{", LINGUA_USAGE, "the request: not valid JSON"},
    {"[]", LINGUA_DATA, "a prompt is a JSON object"},
    {R"({"context": 5})", LINGUA_DATA, "\"context\" is 5"},
    {R"({"context": ["a"], "settings": {"mod": "x"}})", LINGUA_USAGE, "no setting \"mod\""},
    {R"({"context": ["a"], "settings": {"keep": "x"}})", LINGUA_USAGE,
     "\"keep\" is \"x\", not a list"},
    {R"({"context": ["a"], "settings": {"keep": [1]}})", LINGUA_USAGE,
     "\"keep\" is 1, not a string"},
    {R"({"context": ["a"], "settings": {"json_rules": 1}})", LINGUA_USAGE, "not an object"},
    {R"({"context": ["a"], "settings": {"rank": "x"}})", LINGUA_USAGE, "x is not known"},
    {R"({"context": ["a"], "settings": {"keep_contexts": [1]}})", LINGUA_DATA, "no context 1"},
    {R"({"messages": []})", LINGUA_DATA, "no messages"},
    {R"({"context": ["a"], "settings": {"segment_tokens": 1.5}})", LINGUA_USAGE, "a whole number"},
    {R"({"context": ["a"], "settings": {"mode": "x"}})", LINGUA_USAGE, "x is not known"},
    {R"({"context": ["a"], "settings": []})", LINGUA_USAGE, "settings are a JSON object"},
    {R"({"context": []})", LINGUA_DATA, "no context"},
};

TEST_F(CInterface, RequestsThatCannotBe) {
  for (const auto& bad : kBadRequests) {
    compressed(bad.request);
    EXPECT_EQ(status_, bad.status) << bad.request;
    EXPECT_TRUE(contains(lingua_error(), bad.error)) << lingua_error();
  }
}

TEST_F(CInterface, HintsAreThoseOfTheLastFailure) {
  compressed(R"({"context": ["a"], "settings": {"mod": "x"}})");
  EXPECT_STREQ(lingua_hint(), "did you mean \"mode\"?");
}

TEST_F(CInterface, NullArgumentsAreRefused) {
  char* text = nullptr;
  EXPECT_EQ(lingua_compress(nullptr, "{}", &text), LINGUA_USAGE);
  EXPECT_EQ(lingua_compress(compressor_, nullptr, &text), LINGUA_USAGE);
  EXPECT_EQ(lingua_compress(compressor_, "{}", nullptr), LINGUA_USAGE);
  EXPECT_STREQ(lingua_error(), "result is NULL");
  EXPECT_EQ(lingua_compress_text(compressor_, nullptr, 0.5, &text), LINGUA_USAGE);
  EXPECT_EQ(lingua_open(nullptr, nullptr, &compressor_), LINGUA_USAGE);
  EXPECT_EQ(lingua_open("a", nullptr, nullptr), LINGUA_USAGE);
  lingua_free(nullptr);
  lingua_close(nullptr);
}

TEST_F(CInterface, ModelsThatCannotBe) {
  lingua_compressor* none = nullptr;
  EXPECT_EQ(lingua_open("no/such/model.pt", nullptr, &none), LINGUA_MODEL);
  EXPECT_TRUE(contains(lingua_error(), "no/such/model.pt"));
  EXPECT_EQ(lingua_open(tiny_model_path().c_str(), R"({"thread": 1})", &none), LINGUA_USAGE);
  EXPECT_STREQ(lingua_hint(), "did you mean \"threads\"?");
  EXPECT_EQ(none, nullptr);
}

TEST_F(CInterface, Version) { EXPECT_STREQ(lingua_version(), version()); }

}  // namespace
}  // namespace lingua

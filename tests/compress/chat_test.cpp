#include "compress/chat.h"

#include <gtest/gtest.h>

#include "support/utf8.h"
#include "tests/compress/fixtures.h"
#include "tests/compress/random_prompt.h"
#include "tests/error_of.h"

namespace lingua {
namespace {

Conversation read(const std::string& text) {
  return conversation_from_json(parse_json(text, "chat", ErrorKind::kData), "chat", text);
}

ChatResult compressed(const Conversation& conversation, int64_t target, const LanguageModel& model,
                      CompressOptions options = {}) {
  options.target_tokens = target;
  return compress_chat(conversation, options, ByteTokenizer(), model);
}

TEST(Chat, SystemAndLastUserMessageStayAndRolesToo) {
  const auto conversation = read(
      R"([{"role": "system", "content": "Be brief"}, {"role": "user", "content": "aa xx bb"},
          {"role": "assistant", "content": "cc yy"}, {"role": "user", "content": "So?"}])");
  const auto result = compressed(conversation, 17, literal_model({{'x', 5}, {'y', 5}}, 1));
  EXPECT_EQ(dump_json(result.messages),
            R"([{"role":"system","content":"Be brief"},{"role":"user","content":" xx"},)"
            R"({"role":"assistant","content":" yy"},{"role":"user","content":"So?"}])");
  EXPECT_EQ(result.whole.compressed_tokens, 17);
  EXPECT_EQ(dump_json(result.kept),
            R"([{"message":0,"ranges":[[0,8]]},{"message":1,"ranges":[[2,5]]},)"
            R"({"message":2,"ranges":[[2,5]]},{"message":3,"ranges":[[0,3]]}])");
}

TEST(Chat, TheRestOfTheRequestStaysAsItIs) {
  const auto conversation = read(
      R"({"model": "m", "messages": [
          {"role": "user", "content": [{"type": "text", "text": "aa bb"}, {"type": "image", "n": 1}]},
          {"role": "assistant", "content": null, "tool_calls": [{"id": "t"}]},
          {"role": "tool", "tool_call_id": "t", "content": "cc dd"},
          {"role": "user", "content": "Q"}], "temperature": 0.5})");
  const auto result = compressed(conversation, 7, literal_model({{'b', 5}, {'d', 5}}, 1));
  EXPECT_EQ(result.request,
            R"({"model": "m", "messages": [
          {"role": "user", "content": [{"type": "text", "text": " bb"}, {"type": "image", "n": 1}]},
          {"role": "assistant", "content": null, "tool_calls": [{"id": "t"}]},
          {"role": "tool", "tool_call_id": "t", "content": " dd"},
          {"role": "user", "content": "Q"}], "temperature": 0.5})");
  EXPECT_EQ(dump_json(result.kept[0]), R"({"message":0,"block":0,"ranges":[[2,5]]})");
}

TEST(Chat, WhatDoesNotChangeStaysAsItWasWritten) {
  const std::string text =
      R"({"seed":123456789012345678901234567890 , "temperature":1.50, "x":"\u00e9\/",
 "messages":[ {"role":"user", "content":"aa xx", "n":1e2} ,{"content":"Q\u0021","role":"user"} ] })";
  const auto conversation = read(text);
  const auto model = literal_model({{'x', 5}}, 1);
  EXPECT_EQ(compressed(conversation, 7, model).request, text);
  EXPECT_EQ(compressed(conversation, 5, model).request,
            R"({"seed":123456789012345678901234567890 , "temperature":1.50, "x":"\u00e9\/",
 "messages":[ {"role":"user", "content":" xx", "n":1e2} ,{"content":"Q\u0021","role":"user"} ] })");
}

TEST(Chat, MessagesAndBlocksWithoutTextGoWithTheirCommas) {
  const auto conversation = read(
      R"([{"role":"user","content":[{"text":"aa"}, {"text":"bb"} ]} , {"role":"assistant","content":"cc"},
          {"role":"user","content":"Q"}])");
  const auto model = literal_model({{'b', 5}}, 1);
  EXPECT_EQ(compressed(conversation, 3, model).request,
            R"([{"role":"user","content":[{"text":"bb"} ]},
          {"role":"user","content":"Q"}])");
  EXPECT_EQ(compressed(conversation, 1, model).request, R"([{"role":"user","content":"Q"}])");
}

TEST(Chat, CallsImagesThoughtsAndReferencesAreLeftAlone) {
  const std::string blocks =
      R"([{"type":"thinking","thinking":"hmm","text":"hmm","signature":"s"},)"
      R"({"type":"text","text":"signed","thoughtSignature":"s"},)"
      R"({"type":"text","text":"cited","citations":[{"start":0}]},)"
      R"({"type":"tool_use","id":"t","name":"f","input":{"text":"aa bb"},"text":"x"},)"
      R"({"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"aa"}]},)"
      R"({"type":"image_url","image_url":{"url":"u"}}])";
  const auto conversation = read(
      R"([{"role":"assistant","content":)" + blocks +
      R"(},{"role":"assistant","content":[{"type":"output_text","text":"aa","annotations":[]}]},)"
      R"({"role":"user","content":"Q"}])");
  ASSERT_EQ(conversation.texts.size(), 2u);
  EXPECT_EQ(conversation.texts[0].text, "aa");
  EXPECT_EQ(dump_json(compressed(conversation, 1, literal_model({}, 1)).messages[0]["content"]),
            blocks);
}

TEST(Chat, MessagesByNumberStay) {
  const auto conversation = read(
      R"([{"role":"user","content":"aa bb"},{"role":"assistant","content":"cc xx"},
          {"role":"user","content":"Q"}])");
  CompressOptions options;
  options.keep_contexts = {0};
  const auto model = literal_model({{'x', 5}}, 1);
  EXPECT_EQ(compressed(conversation, 9, model, options).messages[0]["content"], Json("aa bb"));
  options.keep_contexts = {3};
  const auto error = error_of([&] { compressed(conversation, 9, model, options); });
  ASSERT_TRUE(error);
  EXPECT_STREQ(error->what(), "there is no message 3: the prompt has 3 messages, counted from 0");
}

TEST(Chat, EveryMessageKeepsSomethingWhileThereIsRoom) {
  const auto conversation = read(
      R"([{"role": "user", "content": "aa"}, {"role": "assistant", "content": "xx xx xx"},
          {"role": "user", "content": "?"}])");
  const auto model = literal_model({{'x', 9}}, 1);
  EXPECT_EQ(compressed(conversation, 9, model).messages[0]["content"], "aa");
  // Without room a message goes, and only what belongs to others stays without its text.
  const auto least = compressed(conversation, 1, model);
  EXPECT_EQ(dump_json(least.messages), R"([{"role":"user","content":"?"}])");
  const auto calls = read(
      R"([{"role": "tool", "tool_call_id": "t", "content": "aaaa"},
          {"role": "user", "content": "?"}])");
  EXPECT_EQ(compressed(calls, 1, model).messages[0]["content"], "");
}

TEST(Chat, SystemMessagesAreShortenedOnlyWhenAsked) {
  const auto conversation = read(
      R"([{"role": "system", "content": "aaaa xx"}, {"role": "user", "content": "bb xx"},
          {"role": "user", "content": "?"}])");
  CompressOptions options;
  options.compress_system = true;
  const auto result = compressed(conversation, 7, literal_model({{'x', 5}}, 1), options);
  EXPECT_EQ(result.messages[0]["content"], " xx");
  EXPECT_EQ(result.messages[2]["content"], "?");
}

TEST(Chat, NothingToShortenIsNoErrorAndTheResultSaysSo) {
  const auto conversation = read(R"({"messages": [{"role": "user", "content": "Hello there"}]})");
  const auto result = compressed(conversation, 3, hash_model(64));
  EXPECT_EQ(result.messages[0]["content"], "Hello there");
  EXPECT_FALSE(result.whole.budget_met());
  EXPECT_TRUE(compressed(conversation, 99, hash_model(64)).whole.budget_met());
  const auto empty = read(R"([{"role": "user", "content": ""}, {"role": "assistant"}])");
  EXPECT_EQ(compressed(empty, 3, hash_model(64)).messages.size(), 2u);
}

TEST(Chat, AResultIsALineOfJson) {
  const auto conversation = read(
      R"({"target_tokens": 3, "messages": [{"role": "user", "content": "aa"},
          {"role": "user", "content": "?"}]})");
  const auto result = compress_chat(conversation, {}, ByteTokenizer(), hash_model(64));
  const Json json = to_json(result);
  EXPECT_EQ(json["origin_tokens"], 3);
  EXPECT_EQ(json["target_tokens"], 3);
  EXPECT_EQ(json["budget_met"], true);
  EXPECT_EQ(json["messages"].size(), 2u);
  EXPECT_EQ(json["kept"][0]["message"], 0);
  EXPECT_FALSE(json.contains("compressed_prompt"));
}

std::string refusal(const std::string& text) {
  const auto error = error_of([&] { read(text); });
  if (!error) return "";
  EXPECT_EQ(error->kind(), ErrorKind::kData);
  return error->what();
}

TEST(Chat, WhatIsNoConversationIsRefusedWithItsPlace) {
  EXPECT_EQ(refusal("{}"), "chat: there are no messages");
  EXPECT_EQ(refusal("[]"), "chat: there are no messages");
  EXPECT_EQ(refusal(R"({"messages": "a"})"), "chat: there are no messages");
  EXPECT_EQ(refusal(R"([5])"), "chat: messages[0] is no object");
  EXPECT_EQ(refusal(R"([{"role": "user", "content": "a"}, {"content": "a"}])"),
            "chat: messages[1] has no role");
  EXPECT_EQ(refusal(R"([{"role": "user", "content": 5}])"),
            "chat: messages[0] has a content that is neither text nor a list of blocks");
  EXPECT_NE(refusal(R"({"rate": 2, "messages": [{"role": "user", "content": "a"}]})"), "");
}

Json random_messages(Random& random) {
  Json messages = Json::array();
  const auto content = [&]() -> Json {
    if (!random.chance(5)) return random_text(random, 0, 30);
    Json blocks = Json::array();
    for (int left = random.number(0, 3); left > 0; --left) {
      blocks.push_back({{"type", "text"}, {"text", random_text(random, 0, 10)}});
    }
    return blocks;
  };
  if (random.chance(2)) messages.push_back({{"role", "system"}, {"content", content()}});
  for (int turns = random.number(1, 8); turns > 0; --turns) {
    messages.push_back({{"role", turns % 2 == 1 ? "user" : "assistant"}, {"content", content()}});
  }
  return messages;
}

// Tokens of all texts, each alone.
int64_t count(const Json& messages, const Tokenizer& tokenizer) {
  int64_t sum = 0;
  for (const auto& text : conversation_from_json(messages, "").texts) {
    sum += static_cast<int64_t>(tokenizer.encode_ids(text.text).size());
  }
  return sum;
}

TEST(ChatPromises, BudgetRolesAndProtectedMessagesHold) {
  const ChunkTokenizer tokenizer;
  const auto model = hash_model(4096);
  int met = 0;
  for (uint32_t seed = 1; seed <= 3000 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const Json messages = random_messages(random);
    const Conversation conversation = conversation_from_json(messages, "");
    CompressOptions options;
    options.mode = random.chance(2) ? CompressMode::kLingua : CompressMode::kPaper;
    options.rate = random.number(2, 100) / 100.0;
    options.compress_system = random.chance(4);
    const ChatResult result = compress_chat(conversation, options, tokenizer, model);
    EXPECT_EQ(count(result.messages, tokenizer), result.whole.compressed_tokens);
    EXPECT_EQ(count(messages, tokenizer), result.whole.origin_tokens);
    EXPECT_TRUE(result.whole.budget_met() ||
                result.whole.compressed_tokens > *result.whole.target_tokens);
    met += result.whole.budget_met() ? 1 : 0;
    EXPECT_TRUE(*options.rate < 1 || result.messages == messages);
    std::size_t at = 0;  // what is left are the messages in order, with their roles
    for (const auto& message : result.messages) {
      while (at < messages.size() && messages[at]["role"] != message["role"]) ++at;
      ASSERT_LT(at++, messages.size());
      EXPECT_TRUE(is_utf8(dump_json(message)));
    }
    if (!options.compress_system && messages[0]["role"] == "system") {
      EXPECT_EQ(result.messages[0], messages[0]);
    }
    EXPECT_EQ(result.messages.back(), messages.back());
    EXPECT_EQ(compress_chat(conversation, options, tokenizer, model).messages, result.messages);
  }
  EXPECT_GT(met, 1500);
}

}  // namespace
}  // namespace lingua

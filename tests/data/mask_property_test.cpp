#include <gtest/gtest.h>

#include <random>

#include "data/sample.h"
#include "tests/byte_tokenizer.h"

namespace lingua {
namespace {

using Random = std::mt19937_64;

// Text out of what could mislead a mask: special tokens spelled out, role names, line feeds.
std::string some_text(Random& random) {
  constexpr const char* kPieces[] = {"a",           "bc",
                                     " ",           "\n",
                                     "\u00E9",      "</s>",
                                     "<|im_end|>",  "<|im_start|>",
                                     "assistant\n", "### Response:\n",
                                     "[/INST]"};
  std::string text = "x";
  for (std::size_t i = random() % 6; i > 0; --i) text += kPieces[random() % std::size(kPieces)];
  return text;
}

// Begins with a prompt: a first token that is an answer's cannot be learned.
std::vector<Message> some_conversation(Random& random) {
  std::vector<Message> messages;
  if (random() % 3 == 0) messages.push_back({"system", some_text(random)});
  for (std::size_t rounds = 1 + random() % 4; rounds > 0; --rounds) {
    if (messages.empty() || random() % 8 != 0) messages.push_back({"user", some_text(random)});
    messages.push_back({"assistant", some_text(random), {}, random() % 2 == 0});
  }
  if (random() % 4 == 0) messages.push_back({"user", some_text(random)});
  return messages;
}

ChatTemplate some_template(Random& random) {
  const auto names = template_names();
  ChatTemplate chat{names[random() % names.size()], "", "<|im_end|>", "</s>"};
  if (random() % 2 == 0) chat.default_system = "D";
  return chat;
}

// What the masking means, said in another way than the renderer does: from the conversation alone.
std::string expected_targets(const std::vector<Message>& messages, const ChatTemplate& chat,
                             const Masking& masking) {
  std::size_t last = 0;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (messages[i].role == "assistant") last = i;
  }
  std::string text;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (messages[i].role != "assistant") continue;
    if (masking.turns == Turns::kLast && i != last) continue;
    if (masking.turns == Turns::kMarked && !messages[i].learn) continue;
    text += messages[i].content;
    if (masking.end_tokens == EndTokens::kNone) continue;
    if (masking.end_tokens == EndTokens::kLast && i != last) continue;
    text += chat.end_token;
  }
  return text;
}

TEST(MaskProperty, TargetsAreExactlyTheLearnedAnswersAndTheirEndTokens) {
  const ByteTokenizer tokenizer;
  Random random(20231);
  std::size_t compared = 0;
  testing::internal::CaptureStderr();  // warnings of what is left out
  for (int round = 0; round < 10000; ++round) {
    std::vector<Example> examples(2);
    examples[0].messages = some_conversation(random);
    examples[1].messages = {{"user", "u"}, {"assistant", "a"}};  // never left out as unmarked
    const ChatTemplate chat = some_template(random);
    SampleOptions options;
    options.masking.turns = static_cast<Turns>(random() % 3);
    options.masking.end_tokens = static_cast<EndTokens>(random() % 3);
    const auto set = make_samples(examples, tokenizer, chat, options);
    const std::string expected = expected_targets(examples[0].messages, chat, options.masking);
    ASSERT_EQ(set.samples.size(), expected.empty() ? 1u : 2u);
    if (expected.empty()) continue;
    const Sample& sample = set.samples[0];
    std::vector<TokenId> targets;
    for (std::size_t i = 0; i < sample.ids.size(); ++i) {
      if (sample.target[i] != 0) targets.push_back(sample.ids[i]);
    }
    ASSERT_EQ(tokenizer.decode(targets), expected) << chat.name << " in round " << round;
    ASSERT_EQ(targets.size(), sample.target_tokens);
    ASSERT_EQ(sample.target.back(), 1);
    ++compared;
  }
  testing::internal::GetCapturedStderr();
  EXPECT_GT(compared, 8000u);
}

}  // namespace
}  // namespace lingua

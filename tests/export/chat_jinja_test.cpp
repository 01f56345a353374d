#include "export/chat_jinja.h"

#include <gtest/gtest.h>

#include "tests/byte_tokenizer.h"
#include "tests/contains.h"

namespace lingua {
namespace {

// What these texts render to is compared in open_with_transformers.py, by Jinja itself.

TEST(ChatJinja, PlainIsTheMessagesWithTheEndToken) {
  EXPECT_EQ(to_jinja({.name = "plain", .default_system = "", .end_token = "</s>"}),
            "{% for message in messages %}"
            "{% if message['role'] == 'system' %}{{ message['content'] + '\\n' }}"
            "{% elif message['role'] == 'user' %}{{ message['content'] + '\\n' }}"
            "{% elif message['role'] == 'assistant' %}{{ message['content'] + '</s>' + '\\n' }}"
            "{% endif %}{% endfor %}");
}

TEST(ChatJinja, LiteralsAreQuoted) {
  const auto text =
      to_jinja({.name = "chatml", .default_system = "don't\\n\nstop", .end_token = "<|im_end|>"});
  EXPECT_TRUE(contains(text, "'system\\n' + 'don\\'t\\\\n\\nstop' + '<|im_end|>'"));
}

Model trained(const std::string& own, const ChatTemplate& recorded) {
  Model model;
  model.tokenizer = std::make_shared<ByteTokenizer>();
  model.config.chat_template = own;
  model.config.eos_token_id = 258;
  model.report = {{"template", to_json(recorded)}};
  return model;
}

const std::string kChatml =
    "{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\nBe kind<|im_end|>\\n' }}"
    "{% endif %}{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + "
    "message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}";

TEST(ChatJinja, TheBasesOwnStaysWhereTrainingUsedIt) {
  const ChatTemplate recorded = {
      .name = "chatml", .default_system = "Be kind", .end_token = "<|im_end|>"};
  EXPECT_EQ(chat_jinja(trained(kChatml, recorded)), kChatml);
  Model untrained = trained(kChatml, recorded);
  untrained.report = nullptr;
  EXPECT_EQ(chat_jinja(untrained), kChatml);
}

TEST(ChatJinja, ElseItIsTheRecordedOne) {
  const ChatTemplate other_system = {
      .name = "chatml", .default_system = "Be brief", .end_token = "<|im_end|>"};
  EXPECT_EQ(chat_jinja(trained(kChatml, other_system)), to_jinja(other_system));
  const ChatTemplate plain = {.name = "plain", .default_system = "", .end_token = "</s>"};
  EXPECT_EQ(chat_jinja(trained("{{ messages }}", plain)), to_jinja(plain));
  EXPECT_EQ(chat_jinja(trained("", plain)), to_jinja(plain));
}

}  // namespace
}  // namespace lingua

#include "data/template_choice.h"

#include <gtest/gtest.h>

#include "tests/byte_tokenizer.h"
#include "tests/error_of.h"

namespace lingua {
namespace {

const ChatTemplate kPlain{"plain", "", "</s>"};

// SmolLM2's own template as far as the system message, line feeds real ones as in its GGUF.
constexpr char kSmolJinja[] =
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face"
    "<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + "
    "'<|im_end|>' + '\n'}}{% endfor %}";

// The base's own template.
ChatTemplate template_for(std::string_view jinja, TokenId end, const ByteTokenizer& tokenizer) {
  return choose_template("auto", {.report = Json(),
                                  .jinja = jinja,
                                  .begin = -1,
                                  .end = end,
                                  .tokenizer = tokenizer,
                                  .where = "m.pt"});
}

TEST(TemplateChoice, ForSmolLM2) {
  EXPECT_EQ(template_for(kSmolJinja, 257, ByteTokenizer()),
            (ChatTemplate{"chatml",
                          "You are a helpful AI assistant named SmolLM, trained by Hugging Face",
                          "<|im_end|>"}));
}

TEST(TemplateChoice, DefaultSystemIsALiteralOrNothing) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({{- '<|im_start|>system\nIt\'s me.\tHere\n<|im_end|>\n' }})", "It's me.\tHere\n"},
      {R"({{ "<|im_start|>system\nIt's me<|im_end|>\n" }})", "It's me"},
      {R"({{ '<|im_start|>system\n' + messages[0]['content'] + '<|im_end|>\n' }})", ""},
      {R"({{ '<|im_start|>system\n' + x }}{{ '<|im_start|>system\nB<|im_end|>' }})", "B"},
      {R"({{ '<|im_start|>' + role + '\n' }})", ""},
      {R"({{ '<|im_start|>system)", ""},
      {R"(<|im_start|>system\n)", ""},
      {R"({{ '<|im_start|>system\nnever closed)", ""},
      {"{{ '<|im_start|>system\\", ""},
  };
  for (const auto& [jinja, expected] : cases) {
    const ChatTemplate chat = template_for(jinja, -1, ByteTokenizer());
    EXPECT_EQ(chat.name, "chatml") << jinja;
    EXPECT_EQ(chat.default_system, expected) << jinja;
  }
}

TEST(TemplateChoice, PlainWhereChatmlIsNotSpokenOrNotKnown) {
  EXPECT_EQ(template_for("", 258, ByteTokenizer()), kPlain);
  EXPECT_EQ(template_for("[INST] {{ x }}", 258, ByteTokenizer()), kPlain);
  EXPECT_EQ(template_for(kSmolJinja, 256, ByteTokenizer({"</s>"})), kPlain);
  EXPECT_EQ(template_for("", -1, ByteTokenizer()), (ChatTemplate{"plain", "", ""}));
}

TEST(TemplateChoice, RefusesAnEndTokenThatIsNotReadBack) {
  const auto error = error_of([] {
    template_for("", 258, ByteTokenizer({"a", "b", "</s", "</s>"}));
  });
  EXPECT_FALSE(error);
  const auto refused = error_of([] { template_for("", 256, ByteTokenizer({"x", "x"})); });
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->kind(), ErrorKind::kModel);
  EXPECT_STREQ(
      refused->what(),
      "m.pt: the tokenizer does not read its end token 256, spelled \"x\", back as that one "
      "token");
}

const ByteTokenizer kManyTokens({"<s>", "</s>", "<start_of_turn>", "<end_of_turn>"});

ChatTemplate choose(const std::string& name, std::string_view jinja, const Json& report = Json()) {
  return choose_template(name, {.report = report,
                                .jinja = jinja,
                                .begin = 256,
                                .end = 257,
                                .tokenizer = kManyTokens,
                                .where = "m.pt"});
}

TEST(TemplateChoice, TheBasesOwnFamily) {
  EXPECT_EQ(choose("auto", "{{ bos_token }}<start_of_turn>{{ role }}"),
            (ChatTemplate{"gemma", "", "<end_of_turn>", "<s>"}));
  EXPECT_EQ(choose("auto", "{{ '[INST] <<SYS>>' }}"), (ChatTemplate{"llama2", "", "</s>", "<s>"}));
  EXPECT_EQ(choose("auto", "<|im_start|>"), kPlain);  // of which the tokenizer knows nothing
}

TEST(TemplateChoice, Qwen2SpellsItsSystemMessageOut) {
  constexpr char kQwen[] =
      "{%- if tools %}{{- '<|im_start|>system\\n' }}{%- else %}{%- if messages[0]['role'] == "
      "'system' %}{{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}"
      "{%- else %}{{- '<|im_start|>system\\nYou are Qwen, created by Alibaba Cloud. You are a "
      "helpful assistant.<|im_end|>\\n' }}{%- endif %}{%- endif %}";
  EXPECT_EQ(template_for(kQwen, 257, ByteTokenizer()),
            (ChatTemplate{"chatml",
                          "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.",
                          "<|im_end|>"}));
}

TEST(TemplateChoice, WhatTheModelWasAlignedWithCounts) {
  const ChatTemplate stored{"alpaca", "Be brief.", "</s>"};
  const Json report = {{"template", to_json(stored)}};
  EXPECT_EQ(choose("auto", "<start_of_turn>", report), stored);
  EXPECT_EQ(choose("plain", "<start_of_turn>", report), kPlain);
  const auto damaged = error_of([] { choose("auto", "", {{"template", 3}}); });
  ASSERT_TRUE(damaged);
  EXPECT_STREQ(damaged->what(), "m.pt: chat template is no object");
}

TEST(TemplateChoice, ByName) {
  EXPECT_EQ(choose("alpaca", "").default_system,
            "Below is an instruction that describes a task. Write a response that appropriately "
            "completes the request.");
  EXPECT_EQ(choose("llama2", ""), (ChatTemplate{"llama2", "", "</s>", "<s>"}));
  const auto lacking = error_of([] { choose("chatml", ""); });
  ASSERT_TRUE(lacking);
  EXPECT_EQ(lacking->kind(), ErrorKind::kUsage);
  EXPECT_STREQ(lacking->what(),
               "--template chatml needs the token <|im_start|>, which the tokenizer of m.pt lacks");
  const auto unknown = error_of([] { choose("llama3", ""); });
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->hint(), "known are auto, chatml, gemma, llama2, alpaca, plain");
}

}  // namespace
}  // namespace lingua

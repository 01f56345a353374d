#include "export/chat_jinja.h"

#include <string_view>

#include "data/template_choice.h"
#include "data/template_frames.h"

namespace lingua {
namespace {

// A Jinja string literal.
std::string literal(std::string_view text) {
  std::string quoted = "'";
  for (const char character : text) {
    if (character == '\n') {
      quoted += "\\n";
      continue;
    }
    if (character == '\'' || character == '\\') quoted += '\\';
    quoted += character;
  }
  return quoted + "'";
}

// Jinja expressions joined by +; empty literals are left out.
class Sum {
 public:
  Sum& text(std::string_view text) { return text.empty() ? *this : expression(literal(text)); }
  Sum& expression(const std::string& expression) {
    sum_ += (sum_.empty() ? "" : " + ") + expression;
    return *this;
  }
  std::string printed() const { return sum_.empty() ? "" : "{{ " + sum_ + " }}"; }
  const std::string& str() const { return sum_; }

 private:
  std::string sum_;
};

constexpr char kContent[] = "message['content']";

std::string system_turn(const TemplateFrame& frame, const ChatTemplate& chat,
                        const std::string& content) {
  const TurnFrame& turn = frame.system;
  if (frame.system_in_user) {
    return "{% set ns.system = " +
           Sum()
               .expression("ns.system")
               .text(turn.text_before)
               .expression(content)
               .text(turn.text_after)
               .str() +
           " %}";
  }
  Sum sum;
  sum.text(turn.marks_before).text(turn.text_before).expression(content).text(turn.text_after);
  if (frame.end_after_all) sum.text(chat.end_token);
  return sum.text(turn.marks_after).printed();
}

std::string user_turn(const TemplateFrame& frame, const ChatTemplate& chat,
                      const std::string& content) {
  const TurnFrame& turn = frame.user;
  Sum sum;
  if (frame.begins_each_user) sum.text(chat.begin_token);
  sum.text(turn.marks_before).text(turn.text_before);
  if (frame.system_in_user) sum.expression("ns.system");
  if (!content.empty()) sum.expression(content);
  sum.text(turn.text_after);
  if (frame.end_after_all) sum.text(chat.end_token);
  const std::string text = sum.text(turn.marks_after).printed();
  return frame.system_in_user ? text + "{% set ns.system = '' %}" : text;
}

std::string answer_turn(const TemplateFrame& frame, const ChatTemplate& chat) {
  const TurnFrame& turn = frame.answer;
  // A system's text that no user's turn took gets a turn without a question.
  std::string text;
  if (frame.system_in_user) {
    text = "{% if ns.system %}" + user_turn(frame, chat, "") + "{% endif %}";
  }
  return text + Sum()
                    .text(turn.marks_before)
                    .text(turn.text_before)
                    .expression(kContent)
                    .text(chat.end_token)
                    .text(turn.text_after)
                    .text(turn.marks_after)
                    .printed();
}

// Whether the base's own Jinja text stands for `chat`. Plain is what texts that are not understood
// are taken for.
bool speaks(const Model& model, const ChatTemplate& chat) {
  const ModelConfig& config = model.config;
  if (config.chat_template.empty() || chat.name == "plain") return false;
  const Json untrained;
  return chat == choose_template("auto", {.report = untrained,
                                          .jinja = config.chat_template,
                                          .begin = static_cast<TokenId>(config.bos_token_id),
                                          .end = static_cast<TokenId>(config.eos_token_id),
                                          .tokenizer = *model.tokenizer,
                                          .where = model.source});
}

}  // namespace

std::string to_jinja(const ChatTemplate& chat) {
  const TemplateFrame& frame = *find_template_frame(chat.name);
  std::string text;
  if (frame.system_in_user) text += "{% set ns = namespace(system='') %}";
  if (frame.begins && !frame.begins_each_user) text += Sum().text(chat.begin_token).printed();
  if (!chat.default_system.empty()) {
    text += "{% if not messages or messages[0]['role'] != 'system' %}" +
            system_turn(frame, chat, literal(chat.default_system)) + "{% endif %}";
  }
  text += "{% for message in messages %}{% if message['role'] == 'system' %}" +
          system_turn(frame, chat, kContent) + "{% elif message['role'] == 'user' %}" +
          user_turn(frame, chat, kContent) + "{% elif message['role'] == 'assistant' %}" +
          answer_turn(frame, chat) + "{% endif %}{% endfor %}";
  const auto prompt = Sum().text(frame.answer.marks_before).text(frame.answer.text_before);
  if (prompt.str().empty()) return text;
  return text + "{% if add_generation_prompt %}" + prompt.printed() + "{% endif %}";
}

std::string chat_jinja(const Model& model) {
  const std::string& own = model.config.chat_template;
  if (!model.report.is_object() || !model.report.contains("template")) return own;
  const ChatTemplate chat = template_from_json(model.report["template"], model.source);
  return speaks(model, chat) ? own : to_jinja(chat);
}

}  // namespace lingua

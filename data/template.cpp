#include "data/template.h"

#include <algorithm>
#include <array>

#include "data/template_frames.h"
#include "support/text.h"

namespace lingua {
namespace {

// Puts segments together from left to right.
class Renderer {
 public:
  Renderer(const TemplateFrame& frame, const ChatTemplate& chat) : frame_(frame), chat_(chat) {
    if (frame.begins && !frame.begins_each_user) append_frame(chat.begin_token, true);
  }

  void add_system(const std::string& content) {
    std::string text = std::string(frame_.system.text_before) + content;
    text += frame_.system.text_after;
    if (frame_.system_in_user) {
      waiting_system_ += text;
      return;
    }
    append_frame(frame_.system.marks_before, true);
    append_frame(text, false);
    end_turn(frame_.system);
  }

  void add_user(const std::string& content) {
    if (frame_.begins_each_user) append_frame(chat_.begin_token, true);
    append_frame(frame_.user.marks_before, true);
    append_frame(std::string(frame_.user.text_before) + waiting_system_ + content, false);
    append_frame(frame_.user.text_after, false);
    waiting_system_.clear();
    end_turn(frame_.user);
  }

  void add_answer(const std::string& content, std::size_t index, bool learn, bool learn_end) {
    if (!waiting_system_.empty()) add_user("");
    const auto answer = static_cast<std::ptrdiff_t>(index);
    append_frame(frame_.answer.marks_before, true);
    append_frame(frame_.answer.text_before, false);
    if (!content.empty()) segments_.push_back({content, learn, false, answer});
    if (!chat_.end_token.empty()) segments_.push_back({chat_.end_token, learn_end, true, answer});
    append_frame(frame_.answer.text_after, false);
    append_frame(frame_.answer.marks_after, true);
  }

  std::vector<Segment> take() { return std::move(segments_); }

 private:
  // Joins neighbours of equal flags.
  void append_frame(std::string_view text, bool parse_special) {
    if (text.empty()) return;
    if (!segments_.empty() && segments_.back().answer < 0 &&
        segments_.back().parse_special == parse_special) {
      segments_.back().text += text;
      return;
    }
    segments_.push_back({std::string(text), false, parse_special});
  }

  void end_turn(const TurnFrame& turn) {
    if (frame_.end_after_all) append_frame(chat_.end_token, true);
    append_frame(turn.marks_after, true);
  }

  const TemplateFrame& frame_;
  const ChatTemplate& chat_;
  std::string waiting_system_;  // for the user's turn that follows
  std::vector<Segment> segments_;
};

bool is_answer(const Message& message) { return message.role == "assistant"; }

bool is_learned(const Message& message, bool is_last, Turns turns) {
  return turns == Turns::kAll || (turns == Turns::kLast ? is_last : message.learn);
}

}  // namespace

std::vector<std::string> template_names() {
  std::vector<std::string> names;
  for (const TemplateFrame& frame : template_frames()) names.emplace_back(frame.name);
  return names;
}

Json to_json(const ChatTemplate& chat) {
  return {{"name", chat.name},
          {"default_system", chat.default_system},
          {"end_token", chat.end_token},
          {"begin_token", chat.begin_token}};
}

ChatTemplate template_from_json(const Json& json, const std::string& where) {
  if (!json.is_object()) throw Error(ErrorKind::kModel, where + ": chat template is no object");
  ChatTemplate chat;
  const std::array<std::pair<const char*, std::string*>, 4> fields = {
      {{"name", &chat.name},
       {"default_system", &chat.default_system},
       {"end_token", &chat.end_token},
       {"begin_token", &chat.begin_token}}};
  for (const auto& [name, value] : fields) {
    const auto field = json.find(name);
    if (field == json.end() && value == &chat.begin_token) continue;
    if (field == json.end() || !field->is_string()) {
      throw Error(ErrorKind::kModel, where + ": chat template has no string \"" + name + "\"");
    }
    *value = field->get<std::string>();
  }
  if (find_template_frame(chat.name) == nullptr) {
    throw Error(ErrorKind::kModel, where + ": chat template " + in_quotes(chat.name) +
                                       " is unknown; known are " + join(template_names(), ", "));
  }
  return chat;
}

std::vector<Segment> render(const std::vector<Message>& messages, const ChatTemplate& chat,
                            const Masking& masking) {
  const TemplateFrame* frame = find_template_frame(chat.name);
  if (frame == nullptr) {
    throw Error(ErrorKind::kInternal, "there is no chat template " + in_quotes(chat.name));
  }
  Renderer renderer(*frame, chat);
  const bool has_system = !messages.empty() && messages.front().role == "system";
  if (!has_system && !chat.default_system.empty()) renderer.add_system(chat.default_system);
  const auto last = std::find_if(messages.rbegin(), messages.rend(), is_answer);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const Message& message = messages[i];
    if (message.role == "system") renderer.add_system(message.content);
    if (message.role == "user") renderer.add_user(message.content);
    if (!is_answer(message)) continue;
    const bool is_last = &message == &*last;
    const bool learn = is_learned(message, is_last, masking.turns);
    const bool learn_end = masking.end_tokens == EndTokens::kAll ||
                           (masking.end_tokens == EndTokens::kLast && is_last);
    renderer.add_answer(message.content, i, learn, learn && learn_end);
  }
  return renderer.take();
}

}  // namespace lingua

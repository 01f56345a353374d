#include "data/message_fields.h"

#include <algorithm>
#include <array>

#include "data/dialect_fields.h"
#include "support/text.h"

namespace lingua {
namespace {

std::string openai_role(const std::string& name) {
  if (name == "developer") return "system";
  return name == "system" || name == "user" || name == "assistant" ? name : "";
}

std::string sharegpt_role(const std::string& name) {
  constexpr std::array kUsers = {"human", "user", "prompter"};
  constexpr std::array kAssistants = {"gpt",   "assistant", "chatgpt", "bot",
                                      "model", "bard",      "bing"};
  const auto is_among = [&name](const auto& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (name == "system") return "system";
  if (is_among(kUsers)) return "user";
  return is_among(kAssistants) ? "assistant" : "";
}

// The text of an array of parts, put together.
std::string joined_parts(const Json& parts, const std::string& path, const std::string& where) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string at = path + '[' + std::to_string(i) + ']';
    const Json& part = parts[i];
    if (!part.is_object()) refuse_line(where, at + " is " + kind_of(part) + ", not an object");
    const std::string type = text_field(part, "type", at + ".type", false, where);
    if (type != "text" && type != "input_text" && type != "output_text") {
      refuse_line(where, at + " is of type " + in_quotes(type) + ", not text");
    }
    text += text_field(part, "text", at + ".text", false, where);
  }
  return text;
}

std::string content_of(const Json& json, const char* name, const std::string& path, bool needs_text,
                       const std::string& where) {
  const auto field = json.find(name);
  if (field == json.end() || !field->is_array()) {
    return text_field(json, name, path, needs_text, where);
  }
  const Json joined = {{"text", joined_parts(*field, path, where)}};
  return text_field(joined, "text", path, needs_text, where);
}

bool learn_of(const Json& json, const std::string& path, const std::string& where) {
  if (const auto train = json.find("train"); train != json.end() && !train->is_null()) {
    if (!train->is_boolean()) {
      refuse_line(where, path + ".train is " + kind_of(*train) + ", not a boolean");
    }
    return train->get<bool>();
  }
  const auto weight = json.find("weight");
  if (weight == json.end() || weight->is_null()) return true;
  if (!weight->is_number() || (*weight != 0 && *weight != 1)) {
    refuse_line(where, path + ".weight is " +
                           (weight->is_number() ? weight->dump() : kind_of(*weight)) +
                           ", not 0 or 1");
  }
  return *weight == 1;
}

}  // namespace

const TurnNames kOpenAiTurns = {"role", "content", openai_role,
                                "system, developer, user, assistant"};
const TurnNames kShareGptTurns = {"from", "value", sharegpt_role, "system, human, gpt"};

Message parse_turn(const Json& json, const TurnNames& names, const std::string& path,
                   const std::string& where) {
  if (!json.is_object()) refuse_line(where, path + " is " + kind_of(json) + ", not an object");
  const std::string role_path = path + '.' + names.role;
  const std::string role = text_field(json, names.role, role_path, false, where);
  Message message;
  message.role = names.role_of(role);
  if (message.role.empty()) {
    refuse_line(where,
                role_path + ' ' + in_quotes(role) + " is unknown; known are " + names.known_roles);
  }
  message.content =
      content_of(json, names.content, path + '.' + names.content, message.role != "system", where);
  message.learn = learn_of(json, path, where);
  return message;
}

std::vector<Message> parse_turns(const Json& object, const std::string& name,
                                 const TurnNames& names, bool needs_answer,
                                 const std::string& where) {
  const auto list = object.find(name);
  if (list == object.end()) refuse_line(where, '"' + name + "\" is missing");
  if (!list->is_array()) {
    refuse_line(where, '"' + name + "\" is " + kind_of(*list) + ", not an array");
  }
  std::vector<Message> messages;
  for (const Json& item : *list) {
    const std::string path = name + '[' + std::to_string(messages.size()) + ']';
    messages.push_back(parse_turn(item, names, path, where));
  }
  const auto is_answer = [](const Message& message) { return message.role == "assistant"; };
  if (needs_answer && std::none_of(messages.begin(), messages.end(), is_answer)) {
    refuse_line(where, '"' + name + "\" has no assistant turn");
  }
  return messages;
}

}  // namespace lingua

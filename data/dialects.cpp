#include "data/dialects.h"

#include <algorithm>
#include <array>

#include "data/dialect_fields.h"
#include "support/text.h"

namespace lingua {
namespace {

using Names = std::vector<std::string>;

Names field_names(const Json& object) {
  Names names;
  for (const auto& [name, value] : object.items()) names.push_back(name);
  return names;
}

std::vector<Message> parse_prompt_completion(const Json& json, const std::string& where) {
  return {{"user", text_field(json, "prompt", "\"prompt\"", true, where)},
          {"assistant", text_field(json, "completion", "\"completion\"", true, where)}};
}

std::vector<Message> parse_alpaca(const Json& json, const std::string& where) {
  std::string prompt = text_field(json, "instruction", "\"instruction\"", true, where);
  const std::string input = optional_text_field(json, "input", where);
  if (!input.empty()) prompt += "\n\n" + input;
  return {{"user", prompt}, {"assistant", text_field(json, "output", "\"output\"", true, where)}};
}

Message parse_message(const Json& json, const std::string& path, const std::string& where) {
  if (!json.is_object()) refuse_line(where, path + " is " + kind_of(json) + ", not an object");
  Message message;
  message.role = text_field(json, "role", path + ".role", false, where);
  if (message.role != "system" && message.role != "user" && message.role != "assistant") {
    refuse_line(where, path + ".role " + in_quotes(message.role) +
                           " is unknown; known are system, user, assistant");
  }
  const bool needs_text = message.role != "system";
  message.content = text_field(json, "content", path + ".content", needs_text, where);
  return message;
}

std::vector<Message> parse_messages(const Json& json, const std::string& where) {
  const auto list = json.find("messages");
  if (list == json.end()) refuse_line(where, "\"messages\" is missing");
  if (!list->is_array()) {
    refuse_line(where, "\"messages\" is " + kind_of(*list) + ", not an array");
  }
  std::vector<Message> messages;
  for (const Json& item : *list) {
    const std::string path = "messages[" + std::to_string(messages.size()) + "]";
    messages.push_back(parse_message(item, path, where));
  }
  const auto is_answer = [](const Message& message) { return message.role == "assistant"; };
  if (std::none_of(messages.begin(), messages.end(), is_answer)) {
    refuse_line(where, "\"messages\" has no assistant turn");
  }
  return messages;
}

// One way to write an example as an object.
struct Dialect {
  const char* name;
  const char* shape;  // for messages
  Names fields;       // those that an object must have to be of this dialect
  std::vector<Message> (*parse)(const Json& json, const std::string& where);
};

// An object with the fields of several is of the first.
const std::array<Dialect, 3>& dialects() {
  static const std::array<Dialect, 3> table = {{
      {"messages", "{messages}", {"messages"}, parse_messages},
      {"prompt-completion",
       "{prompt, completion}",
       {"prompt", "completion"},
       parse_prompt_completion},
      {"alpaca", "{instruction, input, output}", {"instruction", "output"}, parse_alpaca},
  }};
  return table;
}

// The fields of `dialect` that `json` lacks, each with the name that may have been meant for it.
Names describe_missing(const Dialect& dialect, const Json& json, int& score) {
  Names missing;
  score = 0;
  for (const std::string& field : dialect.fields) {
    if (json.contains(field)) {
      score += 2;
      continue;
    }
    const std::string similar = nearest_name(field, field_names(json));
    if (!similar.empty()) ++score;
    missing.push_back('"' + field + '"' +
                      (similar.empty() ? "" : " (is it " + in_quotes(similar) + "?)"));
  }
  return missing;
}

std::string list_fields(const Json& json) {
  constexpr std::size_t kMost = 6;
  Names names;
  for (const auto& [name, value] : json.items()) {
    if (names.size() == kMost) {
      names.push_back("...");
      break;
    }
    names.push_back(in_quotes(name));
  }
  return join(names, ", ");
}

[[noreturn]] void refuse_shape(const Json& json, const std::string& where) {
  if (json.empty()) refuse_line(where, "the object has no fields");
  int best = 0;
  std::string nearest;
  Names shapes;
  for (const Dialect& dialect : dialects()) {
    int score = 0;
    const Names missing = describe_missing(dialect, json, score);
    shapes.emplace_back(dialect.shape);
    if (score <= best) continue;
    best = score;
    nearest = std::string("nearest is ") + dialect.shape + ", without " + join(missing, ", ");
  }
  if (nearest.empty()) nearest = "known are " + join(shapes, ", ");
  refuse_line(where, "no dialect has the fields " + list_fields(json) + "; " + nearest);
}

const Dialect& dialect_of(const Json& json, const std::string& where, const std::string& format) {
  for (const Dialect& dialect : dialects()) {
    const auto has = [&json](const std::string& field) { return json.contains(field); };
    const bool fits = std::all_of(dialect.fields.begin(), dialect.fields.end(), has);
    if (format == dialect.name || (format == "auto" && fits)) return dialect;
  }
  refuse_shape(json, where);
}

}  // namespace

std::vector<std::string> dialect_names() {
  Names names;
  for (const Dialect& dialect : dialects()) names.emplace_back(dialect.name);
  return names;
}

void require_dialect(const std::string& format) {
  Names names = dialect_names();
  names.insert(names.begin(), "auto");
  if (std::find(names.begin(), names.end(), format) != names.end()) return;
  const std::string nearest = nearest_name(format, names);
  throw Error(ErrorKind::kUsage,
              "unknown data format " + in_quotes(format) + "; known are " + join(names, ", "),
              nearest.empty() ? "" : "did you mean " + nearest + "?");
}

Example parse_example(const Json& json, const std::string& where, const std::string& format) {
  if (!json.is_object()) refuse_line(where, "the line is " + kind_of(json) + ", not an object");
  Example example;
  example.messages = dialect_of(json, where, format).parse(json, where);
  example.id = id_of_line(json);
  example.domain = domain_of_line(json);
  return example;
}

}  // namespace lingua

#include "data/dialects.h"

#include <algorithm>
#include <array>

#include "data/dialect_fields.h"
#include "data/message_fields.h"
#include "data/openai_log.h"
#include "support/text.h"

namespace lingua {
namespace {

using Names = std::vector<std::string>;

Names field_names(const Json& object) {
  Names names;
  for (const auto& [name, value] : object.items()) names.push_back(name);
  return names;
}

Example of_messages(std::vector<Message> messages) {
  Example example;
  example.messages = std::move(messages);
  return example;
}

Example parse_prompt_completion(const Json& json, const std::string& where, LogCounts&) {
  return of_messages(
      {{"user", text_field(json, "prompt", "\"prompt\"", true, where)},
       {"assistant", text_field(json, "completion", "\"completion\"", true, where)}});
}

Example parse_alpaca(const Json& json, const std::string& where, LogCounts&) {
  std::string prompt = text_field(json, "instruction", "\"instruction\"", true, where);
  const std::string input = optional_text_field(json, "input", where);
  if (!input.empty()) prompt += "\n\n" + input;
  return of_messages(
      {{"user", prompt}, {"assistant", text_field(json, "output", "\"output\"", true, where)}});
}

Example parse_messages(const Json& json, const std::string& where, LogCounts&) {
  return of_messages(parse_turns(json, "messages", kOpenAiTurns, true, where));
}

// Some put the system's text beside the conversation, and some name the turns' fields as OpenAI
// does.
Example parse_sharegpt(const Json& json, const std::string& where, LogCounts&) {
  const auto list = json.find("conversations");
  const bool as_openai = list != json.end() && list->is_array() && !list->empty() &&
                         list->front().is_object() && list->front().contains("role");
  const TurnNames& names = as_openai ? kOpenAiTurns : kShareGptTurns;
  Example example = of_messages(parse_turns(json, "conversations", names, true, where));
  const std::string system = optional_text_field(json, "system", where);
  if (!system.empty() && example.messages.front().role != "system") {
    example.messages.insert(example.messages.begin(), {"system", system});
  }
  return example;
}

// One way to write an example as an object.
struct Dialect {
  const char* name;
  const char* shape;  // for messages
  Names fields;       // those that an object must have to be of this dialect
  Example (*parse)(const Json& json, const std::string& where, LogCounts& counts);
};

constexpr std::string_view kOpenAi = "openai";

// An object with the fields of several is of the first; OpenAI's logs, which have many shapes, are
// told before the others.
const std::array<Dialect, 5>& dialects() {
  static const std::array<Dialect, 5> table = {{
      {"messages", "{messages}", {"messages"}, parse_messages},
      {"prompt-completion",
       "{prompt, completion}",
       {"prompt", "completion"},
       parse_prompt_completion},
      {"alpaca", "{instruction, input, output}", {"instruction", "output"}, parse_alpaca},
      {"sharegpt", "{conversations}", {"conversations"}, parse_sharegpt},
      {kOpenAi.data(), "{request, response}", {"request", "response"}, parse_openai_log},
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
  if (format == "auto" && is_openai_log(json)) return dialects().back();
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

Example parse_example(const Json& json, const std::string& where, const std::string& format,
                      LogCounts* counts) {
  if (!json.is_object()) refuse_line(where, "the line is " + kind_of(json) + ", not an object");
  LogCounts ignored;
  Example example =
      dialect_of(json, where, format).parse(json, where, counts == nullptr ? ignored : *counts);
  if (example.id.empty()) example.id = id_of_line(json);
  if (const std::string domain = domain_of_line(json); !domain.empty()) example.domain = domain;
  return example;
}

}  // namespace lingua

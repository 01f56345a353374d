#include "data/openai_log.h"

#include "data/dialect_fields.h"
#include "data/message_fields.h"

namespace lingua {
namespace {

// An object of the line and its name in messages, with a point behind it unless it is the line.
struct Part {
  const Json* json;
  std::string path;
};

const Json* object_in(const Json& json, const char* name) {
  const auto field = json.find(name);
  return field != json.end() && field->is_object() ? &*field : nullptr;
}

// The object that lies in one of the fields, or in that one's "body"; else the line.
Part part_in(const Json& line, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const Json* object = object_in(line, name);
    if (object == nullptr) continue;
    if (const Json* body = object_in(*object, "body")) return {body, std::string(name) + ".body."};
    return {object, std::string(name) + '.'};
  }
  return {&line, ""};
}

Part request_of(const Json& line) { return part_in(line, {"request", "body"}); }
Part response_of(const Json& line) { return part_in(line, {"response"}); }

// A failed request's own words.
void refuse_failure(const Part& part, const std::string& where) {
  const Json* error = object_in(*part.json, "error");
  if (error == nullptr) return;
  const std::string message = optional_text_field(*error, "message", where);
  refuse_line(where, "the request failed: " + (message.empty() ? error->dump() : message));
}

std::vector<Message> parse_request(const Part& request, const std::string& where) {
  const Json& json = *request.json;
  if (const auto echo = json.find("echo"); echo != json.end() && *echo == true) {
    refuse_line(where, '"' + request.path + "echo\" is true: the response repeats the prompt");
  }
  if (json.contains("messages")) {
    return parse_turns(json, "messages", kOpenAiTurns, false, where);
  }
  if (json.contains("prompt")) {
    return {{"user", text_field(json, "prompt", '"' + request.path + "prompt\"", true, where)}};
  }
  refuse_line(where,
              "a response without its request: there is neither \"messages\" nor "
              "\"prompt\"");
}

const Json& first_choice(const Part& response, const std::string& where, LogCounts& counts) {
  const std::string path = '"' + response.path + "choices\"";
  const auto choices = response.json->find("choices");
  if (choices == response.json->end()) {
    refuse_line(where, "a request without its response: " + path + " is missing");
  }
  if (!choices->is_array())
    refuse_line(where, path + " is " + kind_of(*choices) + ", not an array");
  if (choices->empty()) refuse_line(where, path + " is empty");
  const Json& first = choices->front();
  if (!first.is_object()) {
    refuse_line(where, response.path + "choices[0] is " + kind_of(first) + ", not an object");
  }
  counts.further_choices += choices->size() - 1;
  return first;
}

Message parse_choice(const Json& choice, const std::string& path, const std::string& where) {
  if (choice.contains("message") || !choice.contains("text")) {
    const auto message = choice.find("message");
    if (message == choice.end()) refuse_line(where, path + ".message is missing");
    return parse_turn(*message, kOpenAiTurns, path + ".message", where);
  }
  return {"assistant", text_field(choice, "text", path + ".text", true, where)};
}

bool is_unfinished(const Json& choice) {
  const auto reason = choice.find("finish_reason");
  return reason != choice.end() && (*reason == "length" || *reason == "content_filter");
}

}  // namespace

bool is_openai_log(const Json& json) {
  const auto has_list = [](const Json& object) {
    return object.contains("choices") && object["choices"].is_array();
  };
  if (has_list(json)) return true;
  const bool is_batch = json.contains("custom_id") &&
                        (json.contains("response") || object_in(json, "body") != nullptr);
  if (is_batch) return true;
  const Json* response = object_in(json, "response");
  return response != nullptr && (response->contains("choices") || response->contains("error") ||
                                 object_in(*response, "body") != nullptr);
}

Example parse_openai_log(const Json& json, const std::string& where, LogCounts& counts) {
  const Part request = request_of(json), response = response_of(json);
  refuse_failure({&json, ""}, where);
  refuse_failure(response, where);
  Example example;
  example.messages = parse_request(request, where);
  LogCounts found = counts;
  const Json& choice = first_choice(response, where, found);
  Message answer = parse_choice(choice, response.path + "choices[0]", where);
  if (answer.role != "assistant") {
    refuse_line(where, response.path + "choices[0].message.role is not assistant");
  }
  if (choice.contains("logprobs")) {
    answer.recorded = parse_recorded(choice["logprobs"], answer.content, found);
  }
  if (is_unfinished(choice)) ++found.unfinished;
  counts = found;
  example.messages.push_back(std::move(answer));
  example.domain = domain_of_line(*response.json);
  if (example.domain.empty()) example.domain = domain_of_line(*request.json);
  const auto id = json.find("custom_id");
  example.id =
      id != json.end() && id->is_string() ? id->get<std::string>() : id_of_line(*response.json);
  return example;
}

}  // namespace lingua

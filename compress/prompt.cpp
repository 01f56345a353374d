#include "compress/prompt.h"

#include <charconv>
#include <cmath>

#include "support/error.h"

namespace lingua {
namespace {

constexpr std::string_view kSeparator = "\n\n";

[[noreturn]] void refuse(const std::string& where, const std::string& field,
                         const std::string& wanted, const Json& value) {
  std::string shown = dump_json(value);
  if (shown.size() > 60) shown = std::string(value.type_name());
  throw Error(ErrorKind::kData, where + ": \"" + field + "\" is " + shown + ", not " + wanted);
}

// The field, or null when it is missing or null.
const Json* field_of(const Json& json, const std::string& field) {
  const auto found = json.find(field);
  return found == json.end() || found->is_null() ? nullptr : &*found;
}

std::string text_of(const Json& json, const std::string& field, const std::string& where) {
  const Json* value = field_of(json, field);
  if (value == nullptr) return "";
  if (!value->is_string()) refuse(where, field, "a string", *value);
  return value->get<std::string>();
}

std::vector<std::string> contexts_of(const Json& json, const std::string& where, bool are_json) {
  const Json* value = field_of(json, "context");
  if (value == nullptr) return {};
  if (value->is_string()) return {value->get<std::string>()};
  if (are_json && value->is_object()) return {dump_json(*value)};
  if (!value->is_array()) refuse(where, "context", "a string or a list of strings", *value);
  std::vector<std::string> contexts;
  for (const Json& one : *value) {
    const std::string name = "context[" + std::to_string(contexts.size()) + "]";
    if (!one.is_string() && !are_json) refuse(where, name, "a string", one);
    contexts.push_back(one.is_string() ? one.get<std::string>() : dump_json(one));
  }
  return contexts;
}

// 0.35 from 0.35 or "35%", the way the reference package writes rates; NaN for anything else.
double number_or_percent(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nan("");
  const auto& text = value.get_ref<const std::string&>();
  double percent = 0;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, percent);
  const bool whole = parsed.ec == std::errc() && std::string_view(parsed.ptr, end) == "%";
  return whole ? percent / 100 : std::nan("");
}

std::optional<double> rate_of(const Json& json, const std::string& where) {
  const Json* value = field_of(json, "rate");
  if (value == nullptr) return std::nullopt;
  const double rate = number_or_percent(*value);
  if (!(rate > 0 && rate <= 1)) refuse(where, "rate", "a number in (0, 1]", *value);
  return rate;
}

std::optional<int64_t> target_of(const Json& json, const std::string& where) {
  const Json* value = field_of(json, "target_tokens");
  if (value == nullptr) return std::nullopt;
  const bool possible = value->is_number_unsigned() && value->get<uint64_t>() >= 1 &&
                        value->get<uint64_t>() <= uint64_t{INT64_MAX};
  if (!possible) refuse(where, "target_tokens", "a whole number of at least 1", *value);
  return value->get<int64_t>();
}

}  // namespace

PromptText whole_text(const Prompt& prompt) {
  PromptText joined;
  joined.rate = prompt.rate;
  joined.target_tokens = prompt.target_tokens;
  const auto append = [&joined](PartKind kind, const std::string& text, std::size_t number = 0) {
    if (text.empty()) return;
    if (!joined.parts.empty()) joined.text += kSeparator;
    const std::size_t begin = joined.text.size();
    joined.text += text;
    joined.parts.push_back({kind, {begin, joined.text.size()}, number});
  };
  append(PartKind::kInstruction, prompt.instruction);
  for (std::size_t i = 0; i < prompt.context.size(); ++i) {
    append(PartKind::kContext, prompt.context[i], i);
  }
  append(PartKind::kQuestion, prompt.question);
  return joined;
}

Prompt prompt_from_json(const Json& json, const std::string& where, bool contexts_are_json) {
  if (!json.is_object()) {
    throw Error(ErrorKind::kData, where + ": a prompt is a JSON object, not " + json.type_name(),
                "write {\"instruction\": \"...\", \"context\": [\"...\"], \"question\": \"...\"}");
  }
  Prompt prompt;
  prompt.instruction = text_of(json, "instruction", where);
  prompt.context = contexts_of(json, where, contexts_are_json);
  prompt.question = text_of(json, "question", where);
  if (const Json* arguments = field_of(json, "args")) {
    if (!arguments->is_object()) refuse(where, "args", "an object", *arguments);
    prompt.arguments = *arguments;
  }
  prompt.rate = rate_of(json, where);
  prompt.target_tokens = target_of(json, where);
  if (prompt.rate && prompt.target_tokens) {
    throw Error(ErrorKind::kData, where + ": both \"rate\" and \"target_tokens\" are given",
                "give one of them");
  }
  return prompt;
}

Prompt prompt_from_text(std::string_view text) {
  Prompt prompt;
  std::size_t begin = 0, cursor = text.find_first_not_of('\n');
  while (cursor < text.size()) {
    const std::size_t blank = text.find(kSeparator, cursor);
    const std::size_t next = text.find_first_not_of('\n', blank);
    if (blank == std::string_view::npos || next == std::string_view::npos) break;
    prompt.context.emplace_back(text.substr(begin, blank - begin));
    begin = blank + kSeparator.size();
    cursor = next;
  }
  if (begin < text.size()) prompt.context.emplace_back(text.substr(begin));
  return prompt;
}

}  // namespace lingua

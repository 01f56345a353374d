#include "data/dialect_fields.h"

#include "support/text.h"

namespace lingua {
namespace {

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n\v\f") == std::string::npos;
}

}  // namespace

void refuse_line(const std::string& where, const std::string& reason) {
  throw Error(ErrorKind::kData, where + ": " + reason);
}

std::string text_field(const Json& object, const std::string& name, const std::string& path,
                       bool needs_text, const std::string& where) {
  const auto field = object.find(name);
  if (field == object.end()) refuse_line(where, path + " is missing");
  if (!field->is_string()) {
    refuse_line(where, path + " is " + kind_of(*field) + ", not a string");
  }
  auto text = field->get<std::string>();
  if (text.find('\0') != std::string::npos) refuse_line(where, path + " holds a NUL character");
  if (needs_text && is_blank(text)) refuse_line(where, path + " is empty");
  return text;
}

std::string optional_text_field(const Json& object, const std::string& name,
                                const std::string& where) {
  const auto field = object.find(name);
  if (field == object.end() || field->is_null()) return "";
  return text_field(object, name, '"' + name + '"', false, where);
}

std::string id_of_line(const Json& object) {
  const auto id = object.find("id");
  if (id == object.end()) return "";
  if (id->is_string()) return id->get<std::string>();
  return id->is_number_integer() ? id->dump() : "";
}

std::string domain_of_line(const Json& object) {
  for (const char* name : {"domain", "category", "model", "generator"}) {
    const auto field = object.find(name);
    if (field == object.end() || !field->is_string()) continue;
    if (auto text = field->get<std::string>(); !is_blank(text)) return text;
  }
  return "";
}

std::string kind_of(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_array()) return "an array";
  if (value.is_object()) return "an object";
  return std::string("a ") + value.type_name();
}

}  // namespace lingua

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "support/error.h"
#include "support/json.h"

namespace lingua {

// Typed access to the fields of one JSON object. Null counts as absent, as Hugging Face has it.
// The object must outlive it. Every failure is an Error(kModel) that begins with `where`.
class ConfigFields {
 public:
  ConfigFields(const Json& json, std::string where) : json_(json), where_(std::move(where)) {
    if (!json.is_object()) fail("a configuration must be a JSON object");
  }

  [[noreturn]] void fail(const std::string& message, const std::string& hint = "") const {
    throw Error(ErrorKind::kModel, where_ + ": " + message, hint);
  }

  // Access to an object inside this one; null where it is absent.
  std::optional<ConfigFields> object(const char* name) const {
    const Json* field = find(name);
    if (field == nullptr) return std::nullopt;
    return ConfigFields(*field, where_ + ": " + name);
  }

  const Json* find(const char* name) const {
    const auto field = json_.find(name);
    return field == json_.end() || field->is_null() ? nullptr : &*field;
  }

  // Whether the field is there at all, be it null.
  bool names(const char* name) const { return json_.contains(name); }

  std::optional<int64_t> integer(const char* name) const {
    const Json* field = find(name);
    if (field == nullptr) return std::nullopt;
    if (!field->is_number_integer()) wrong_type(name, "an integer", *field);
    return field->get<int64_t>();
  }

  int64_t required(const char* name) const {
    const auto value = integer(name);
    if (!value) fail(std::string("the field ") + name + " is missing");
    return *value;
  }

  std::optional<double> number(const char* name) const {
    const Json* field = find(name);
    if (field == nullptr) return std::nullopt;
    if (!field->is_number()) wrong_type(name, "a number", *field);
    return field->get<double>();
  }

  bool flag(const char* name, bool otherwise) const {
    const Json* field = find(name);
    if (field == nullptr) return otherwise;
    if (!field->is_boolean()) wrong_type(name, "true or false", *field);
    return field->get<bool>();
  }

  std::string text(const char* name, const std::string& otherwise) const {
    const Json* field = find(name);
    if (field == nullptr) return otherwise;
    if (!field->is_string()) wrong_type(name, "a string", *field);
    return field->get<std::string>();
  }

  // One id, or the first of a list; `otherwise` where the field is absent, -1 where it is null.
  int64_t token(const char* name, int64_t otherwise) const {
    const Json* field = find(name);
    if (field == nullptr) return names(name) ? -1 : otherwise;
    const Json& id = field->is_array() && !field->empty() ? field->front() : *field;
    if (!id.is_number_integer()) wrong_type(name, "a token id", *field);
    return id.get<int64_t>();
  }

 private:
  [[noreturn]] void wrong_type(const char* name, const char* wanted, const Json& field) const {
    fail(std::string(name) + " must be " + wanted + ", it is " + dump_json(field).substr(0, 60));
  }

  const Json& json_;
  std::string where_;
};

}  // namespace lingua

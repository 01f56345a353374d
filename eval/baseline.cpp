#include "eval/baseline.h"

#include <filesystem>
#include <set>

#include "lingua_version.h"
#include "support/error.h"
#include "support/mapped_file.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr const char* kFormat = "lingua gain baseline";
constexpr int kVersion = 1;
constexpr const char* kWriteAnother = "write another one with --update-baseline";

Json to_json(const TextLosses& text) {
  return {{"id", text.id},
          {"instruction", text.instruction},
          {"base_nats", text.base.nats},
          {"base_bytes", text.base.bytes},
          {"aligned_nats", text.aligned.nats},
          {"aligned_bytes", text.aligned.bytes}};
}

Json to_json(const MeasuredModel& model) {
  return {{"name", model.name}, {"sha256", model.sha256}};
}

Json to_json(const std::vector<TextLosses>& texts) {
  Json list = Json::array();
  for (const TextLosses& text : texts) list.push_back(to_json(text));
  return list;
}

Json to_json(const OtherAnswers& other) {
  return {
      {"name", other.name}, {"data_sha256", other.data_sha256}, {"texts", to_json(other.texts)}};
}

// A member a line, and an element a line of lists: two versions of a file compare well.
std::string in_lines(const Json& object) {
  std::string text = "{";
  const char* comma = "\n";
  for (const auto& [name, value] : object.items()) {
    text += comma + dump_json(name) + ": ";
    comma = ",\n";
    if (!value.is_array()) {
      text += dump_json(value);
      continue;
    }
    const char* separator = "[\n ";
    for (const Json& element : value) {
      text += separator + dump_json(element);
      separator = ",\n ";
    }
    text += value.empty() ? "[]" : "\n]";
  }
  return text + "\n}\n";
}

// The members of an object, each of which must be there and of its kind.
class Fields {
 public:
  Fields(const Json& object, std::string where) : object_(object), where_(std::move(where)) {
    if (!object.is_object()) refuse("is no object");
  }

  const Json& member(const char* name) const {
    const auto found = object_.find(name);
    if (found == object_.end()) refuse("has no " + in_quotes(name));
    return *found;
  }
  std::string text(const char* name) const {
    if (!member(name).is_string()) refuse(in_quotes(name) + " is no text");
    return member(name).get<std::string>();
  }
  double number(const char* name) const {
    const Json& value = member(name);
    if (!value.is_number() || !(value.get<double>() >= 0)) {
      refuse(in_quotes(name) + " is no number of 0 or more");
    }
    return value.get<double>();
  }
  std::size_t count(const char* name) const {
    const Json& value = member(name);
    if (!value.is_number_unsigned() || value.get<std::size_t>() == 0) {
      refuse(in_quotes(name) + " is no positive whole number");
    }
    return value.get<std::size_t>();
  }
  const Json& list(const char* name) const {
    if (!member(name).is_array()) refuse(in_quotes(name) + " is no list");
    return member(name);
  }
  [[noreturn]] void refuse(const std::string& reason) const {
    throw Error(ErrorKind::kData, where_ + ": " + reason, kWriteAnother);
  }

 private:
  const Json& object_;
  std::string where_;
};

Json parse_file(const std::string& path) {
  const MappedFile file(path, ErrorKind::kData);
  try {
    return parse_json(file.bytes(), path, ErrorKind::kData);
  } catch (const Error& error) {
    throw Error(error.kind(), error.what(), kWriteAnother);
  }
}

MeasuredModel model_of(const Json& json, const std::string& where) {
  const Fields fields(json, where);
  return {fields.text("name"), fields.text("sha256")};
}

TextLosses text_of(const Json& json, const std::string& where) {
  const Fields fields(json, where);
  return {
      .source = "",
      .domain = "",
      .base = {.nats = fields.number("base_nats"), .bytes = fields.count("base_bytes")},
      .aligned = {.nats = fields.number("aligned_nats"), .bytes = fields.count("aligned_bytes")},
      .id = fields.text("id"),
      .instruction = fields.text("instruction")};
}

std::vector<TextLosses> texts_of(const Fields& file, const std::string& where) {
  const Json& list = file.list("texts");
  std::vector<TextLosses> texts;
  std::set<std::string> ids;
  for (const Json& entry : list) {
    const std::string position = where + ": text " + std::to_string(texts.size() + 1);
    texts.push_back(text_of(entry, position));
    if (!ids.insert(texts.back().id).second) file.refuse(position + " stood before");
  }
  return texts;
}

std::vector<OtherAnswers> others_of(const Fields& file, const std::string& where) {
  std::vector<OtherAnswers> others;
  for (const Json& entry : file.list("others")) {
    const std::string position = where + ": other " + std::to_string(others.size() + 1);
    const Fields fields(entry, position);
    others.push_back({fields.text("name"), fields.text("data_sha256"), texts_of(fields, position)});
  }
  return others;
}

}  // namespace

std::string baseline_text(const Measurement& measured, std::span<const GainRow> rows,
                          const std::optional<Specificity>& specificity) {
  Json others = Json::array();
  for (const OtherAnswers& other : measured.others) others.push_back(to_json(other));
  const Json file = {{"format", kFormat},
                     {"version", kVersion},
                     {"lingua", LINGUA_VERSION},
                     {"base", to_json(measured.base)},
                     {"aligned", to_json(measured.aligned)},
                     {"dtype", measured.dtype},
                     {"max_length", measured.max_length},
                     {"data_sha256", measured.data_sha256},
                     {"gain", lingua::to_json(rows, true)},
                     {"specificity", specificity ? lingua::to_json(*specificity) : Json()},
                     {"texts", to_json(measured.texts)},
                     {"others", std::move(others)}};
  return in_lines(file);
}

Measurement read_baseline(const std::string& path) {
  if (!std::filesystem::exists(path)) {
    throw Error(ErrorKind::kData, "there is no baseline " + path,
                "write it with --update-baseline");
  }
  const Json json = parse_file(path);
  const Fields file(json, path);
  if (file.text("format") != kFormat) file.refuse("is no baseline of lingua-eval");
  if (file.count("version") != kVersion) {
    file.refuse("is of version " + dump_json(json["version"]) + "; this program reads version " +
                std::to_string(kVersion));
  }
  return {.base = model_of(file.member("base"), path + ": base"),
          .aligned = model_of(file.member("aligned"), path + ": aligned"),
          .dtype = file.text("dtype"),
          .max_length = file.count("max_length"),
          .data_sha256 = file.text("data_sha256"),
          .texts = texts_of(file, path),
          .others = others_of(file, path)};
}

}  // namespace lingua

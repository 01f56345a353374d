#include "library/settings.h"

#include <functional>
#include <map>
#include <type_traits>

#include "compress/protect.h"
#include "support/error.h"
#include "support/text.h"

namespace lingua {
namespace {

// Reads one field of a JSON object into a variable.
using Field = std::function<void(const Json&)>;

[[noreturn]] void refuse(const std::string& name, const Json& value, const std::string& wanted) {
  throw Error(ErrorKind::kUsage, "the setting \"" + name + "\" is " +
                                     shortened(dump_json(value), 60) + ", not " + wanted);
}

template <typename Value>
Value read(const std::string& name, const Json& json) {
  if constexpr (std::is_same_v<Value, bool>) {
    if (!json.is_boolean()) refuse(name, json, "true or false");
  } else if constexpr (std::is_integral_v<Value>) {
    const bool fits = json.is_number_integer() && json >= std::numeric_limits<Value>::min() &&
                      json <= std::numeric_limits<Value>::max();
    if (!fits) refuse(name, json, "a whole number");
  } else if constexpr (std::is_same_v<Value, double>) {
    if (!json.is_number()) refuse(name, json, "a number");
  } else if constexpr (std::is_same_v<Value, std::string>) {
    if (!json.is_string()) refuse(name, json, "a string");
  } else {
    if (!json.is_array()) refuse(name, json, "a list of strings");
    for (const Json& one : json) {
      if (!one.is_string()) refuse(name, json, "a list of strings");
    }
  }
  return json.get<Value>();
}

class Fields {
 public:
  template <typename Value>
  void add(const std::string& name, Value& target) {
    fields_[name] = [name, &target](const Json& json) { target = read<Value>(name, json); };
  }

  void assign(const Json& json) const {
    if (json.is_null()) return;
    if (!json.is_object()) {
      throw Error(ErrorKind::kUsage,
                  "settings are a JSON object, not " + shortened(dump_json(json), 60));
    }
    for (const auto& [name, value] : json.items()) {
      const auto found = fields_.find(name);
      if (found == fields_.end()) refuse_name(name);
      found->second(value);
    }
  }

 private:
  [[noreturn]] void refuse_name(const std::string& name) const {
    std::vector<std::string> known;
    for (const auto& field : fields_) known.push_back(field.first);
    const std::string nearest = nearest_name(name, known);
    throw Error(
        ErrorKind::kUsage, "there is no setting " + in_quotes(name),
        nearest.empty() ? "there are: " + join(known, ", ") : "did you mean \"" + nearest + "\"?");
  }

  std::map<std::string, Field> fields_;
};

}  // namespace

CompressOptions options_of(const Settings& settings) {
  CompressOptions options;
  options.mode = parse_mode(settings.mode);
  if (!settings.units.empty()) options.units = parse_units(settings.units);
  options.rate = settings.rate;
  options.target_tokens = settings.target_tokens;
  options.instruction_rate = settings.instruction_rate;
  options.question_rate = settings.question_rate;
  options.granularity = settings.granularity;
  options.demonstration_level = settings.demonstration_level;
  options.segment_tokens = settings.segment_tokens;
  options.keep = settings.keep;
  options.keep_tokens = settings.keep_tokens;
  options.keep_digits = settings.keep_digits;
  if (!settings.protect.empty()) options.protect = parse_protections(join(settings.protect, ","));
  if (!settings.reference_arguments.empty()) {
    options.reference_arguments =
        parse_json(settings.reference_arguments, "reference_arguments", ErrorKind::kUsage);
  }
  options.fixed_quirks = settings.fixed_quirks;
  validate(options);
  return options;
}

ModelSettings model_settings_from_json(const Json& json) {
  ModelSettings settings;
  Fields fields;
  fields.add("dtype", settings.dtype);
  fields.add("threads", settings.threads);
  fields.assign(json);
  return settings;
}

JsonSettings settings_from_json(const Json& json) {
  JsonSettings result;
  Settings& settings = result.settings;
  Fields fields;
  fields.add("mode", settings.mode);
  fields.add("units", settings.units);
  fields.add("instruction_rate", settings.instruction_rate);
  fields.add("question_rate", settings.question_rate);
  fields.add("demonstration_level", settings.demonstration_level);
  fields.add("granularity", settings.granularity);
  fields.add("segment_tokens", settings.segment_tokens);
  fields.add("keep", settings.keep);
  fields.add("keep_tokens", settings.keep_tokens);
  fields.add("keep_digits", settings.keep_digits);
  fields.add("protect", settings.protect);
  fields.add("fixed_quirks", settings.fixed_quirks);
  fields.add("tokens", result.tokens);
  fields.assign(json);
  return result;
}

}  // namespace lingua

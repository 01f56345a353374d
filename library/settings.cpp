#include "library/settings.h"

#include <functional>
#include <map>
#include <type_traits>

#include "compress/option_names.h"
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
struct IsList : std::false_type {};
template <typename Value>
struct IsList<std::vector<Value>> : std::true_type {};

template <typename Value>
Value read(const std::string& name, const Json& json) {
  if constexpr (IsList<Value>::value) {
    if (!json.is_array()) refuse(name, json, "a list");
    Value values;
    for (const Json& one : json) values.push_back(read<typename Value::value_type>(name, one));
    return values;
  } else if constexpr (std::is_same_v<Value, bool>) {
    if (!json.is_boolean()) refuse(name, json, "true or false");
  } else if constexpr (std::is_integral_v<Value>) {
    const bool fits = json.is_number_integer() && json >= std::numeric_limits<Value>::min() &&
                      json <= std::numeric_limits<Value>::max();
    if (!fits) refuse(name, json, "a whole number");
  } else if constexpr (std::is_same_v<Value, double>) {
    if (!json.is_number()) refuse(name, json, "a number");
  } else {
    if (!json.is_string()) refuse(name, json, "a string");
  }
  return json.get<Value>();
}

class Fields {
 public:
  template <typename Value>
  void add(const std::string& name, Value& target) {
    fields_[name] = [name, &target](const Json& json) { target = read<Value>(name, json); };
  }

  template <typename Value>
  void add(const std::string& name, std::optional<Value>& target) {
    fields_[name] = [name, &target](const Json& json) { target = read<Value>(name, json); };
  }

  // A JSON object that is kept as a text.
  void add_object(const std::string& name, std::string& target) {
    fields_[name] = [name, &target](const Json& json) {
      if (!json.is_object()) refuse(name, json, "an object");
      target = dump_json(json);
    };
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

void set_levels(const Settings& settings, CompressOptions& options) {
  options.demonstration_level = settings.demonstration_level;
  options.sentence_level = settings.sentence_level;
  options.token_level = settings.token_level;
  options.granularity = settings.granularity;
  options.sentence_granularity = settings.sentence_granularity;
  options.keep_sentences = settings.keep_sentences;
  options.segment_tokens = settings.segment_tokens;
}

void set_contexts(const Settings& settings, CompressOptions& options) {
  options.rank = parse_rank(settings.rank);
  options.reorder = parse_order(settings.reorder);
  options.dynamic_ratio = settings.dynamic_ratio;
}

void set_protection(const Settings& settings, CompressOptions& options) {
  options.keep = settings.keep;
  options.keep_tokens = settings.keep_tokens;
  options.keep_digits = settings.keep_digits;
  if (!settings.protect.empty()) options.protect = parse_protections(join(settings.protect, ","));
  options.keep_contexts = settings.keep_contexts;
  options.require_contexts = settings.require_contexts;
  options.keep_first_sentences = settings.keep_first_sentences;
  options.keep_last_sentences = settings.keep_last_sentences;
}

}  // namespace

CompressOptions options_of(const Settings& settings) {
  CompressOptions options;
  options.mode = parse_mode(settings.mode);
  if (!settings.units.empty()) options.units = parse_units(settings.units);
  options.rate = settings.rate;
  options.target_tokens = settings.target_tokens;
  options.instruction_rate = settings.instruction_rate;
  options.question_rate = settings.question_rate;
  options.score = parse_score(settings.score);
  options.effort = parse_effort(settings.effort);
  options.compress_system = settings.compress_system;
  set_levels(settings, options);
  set_contexts(settings, options);
  set_protection(settings, options);
  options.form = parse_form(settings.form);
  if (!settings.json_rules.empty()) {
    options.json_rules = json_rules_from(
        parse_json(settings.json_rules, "json_rules", ErrorKind::kUsage), "json_rules");
  }
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
  fields.add("device", settings.device);
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
  fields.add("budget_tokenizer", settings.budget_tokenizer);
  fields.add("demonstration_level", settings.demonstration_level);
  fields.add("sentence_level", settings.sentence_level);
  fields.add("token_level", settings.token_level);
  fields.add("granularity", settings.granularity);
  fields.add("sentence_granularity", settings.sentence_granularity);
  fields.add("keep_sentences", settings.keep_sentences);
  fields.add("segment_tokens", settings.segment_tokens);
  fields.add("score", settings.score);
  fields.add("effort", settings.effort);
  fields.add("rank", settings.rank);
  fields.add("reorder", settings.reorder);
  fields.add("dynamic_ratio", settings.dynamic_ratio);
  fields.add("form", settings.form);
  fields.add_object("json_rules", settings.json_rules);
  fields.add("compress_system", settings.compress_system);
  fields.add("keep", settings.keep);
  fields.add("keep_tokens", settings.keep_tokens);
  fields.add("keep_digits", settings.keep_digits);
  fields.add("protect", settings.protect);
  fields.add("keep_contexts", settings.keep_contexts);
  fields.add("require_contexts", settings.require_contexts);
  fields.add("keep_first_sentences", settings.keep_first_sentences);
  fields.add("keep_last_sentences", settings.keep_last_sentences);
  fields.add("fixed_quirks", settings.fixed_quirks);
  fields.add("tokens", result.tokens);
  fields.assign(json);
  return result;
}

}  // namespace lingua

#include "compress/json_text.h"

#include <string_view>

#include "support/error.h"
#include "support/text.h"

namespace lingua {
namespace {

JsonRule rule_from(const Json& json, const std::string& where) {
  JsonRule rule;
  if (!json.is_object()) {
    throw Error(ErrorKind::kData, where + " is no object",
                "write {\"rate\": 0.5} or {\"compress\": false}");
  }
  for (const auto& [name, value] : json.items()) {
    if (name == "rate" && value.is_number()) {
      rule.rate = value.get<double>();
      if (*rule.rate >= 0 && *rule.rate <= 1) continue;
    } else if (name == "compress" && value.is_boolean()) {
      rule.compress = value.get<bool>();
      continue;
    }
    throw Error(ErrorKind::kData,
                where + ": " + in_quotes(name) + ": " + dump_json(value) + " cannot be",
                "rate is in [0, 1], compress true or false");
  }
  return rule;
}

// Walks over a JSON text and tells keys from values.
class Marker {
 public:
  Marker(const std::string& text, const JsonRules& rules) : text_(text), rules_(rules) {}

  JsonMarks run() {
    for (std::size_t at = 0; at < text_.size();) {
      switch (text_[at]) {
        case '{':
          levels_.push_back({true, true, path_.size()});
          break;
        case '[':
          levels_.push_back({false, false, path_.size()});
          break;
        case '}':
        case ']':
          path_.resize(levels_.back().path);
          levels_.pop_back();
          break;
        case ':':
          levels_.back().expects_key = false;
          break;
        case ',':
          levels_.back().expects_key = levels_.back().object;
          if (levels_.back().object) path_.resize(levels_.back().path);
          break;
        case '"':
          at = string_at(at);
          continue;
        default:
          break;
      }
      ++at;
    }
    fix_until(text_.size());
    return std::move(marks_);
  }

 private:
  struct Level {
    bool object = false;
    bool expects_key = false;
    std::size_t path = 0;  // names above it
  };

  // Takes the string whose quote is at `open`; returns the place behind it.
  std::size_t string_at(std::size_t open) {
    std::vector<ByteRange> escapes;
    std::size_t at = open + 1;
    while (text_[at] != '"') {
      const std::size_t length = text_[at] == '\\' ? escape_length(at) : 1;
      if (length > 1) escapes.push_back({at, at + length});
      at += length;
    }
    const ByteRange inside{open + 1, at};
    if (!levels_.empty() && levels_.back().expects_key) {
      path_.resize(levels_.back().path);
      path_.push_back(parse_json(std::string_view(text_).substr(open, at + 1 - open), "a key",
                                 ErrorKind::kInternal));
    } else if (inside.begin < inside.end) {
      value(inside, escapes);
    }
    return at + 1;
  }

  std::size_t escape_length(std::size_t at) const {
    if (text_[at + 1] != 'u') return 2;
    const bool first_half = text_.find_first_of("89abAB", at + 3) == at + 3 &&
                            (text_[at + 2] == 'd' || text_[at + 2] == 'D');
    return first_half ? 12 : 6;
  }

  void value(const ByteRange& inside, const std::vector<ByteRange>& escapes) {
    const JsonRule rule = rule_of_path();
    if (!rule.compress) return;
    fix_until(inside.begin);
    fixed_end_ = inside.end;
    marks_.whole.insert(marks_.whole.end(), escapes.begin(), escapes.end());
    if (rule.rate) marks_.spans.push_back({inside, *rule.rate});
  }

  JsonRule rule_of_path() const {
    const std::string name = path_.empty() ? "" : path_.back();
    for (const auto& key : {join(path_, "."), name, std::string("*")}) {
      const auto found = rules_.find(key);
      if (found != rules_.end()) return found->second;
    }
    return {};
  }

  void fix_until(std::size_t end) {
    if (fixed_end_ < end) marks_.fixed.push_back({fixed_end_, end});
  }

  const std::string& text_;
  const JsonRules& rules_;
  JsonMarks marks_;
  std::vector<Level> levels_;
  std::vector<std::string> path_;  // of the value that is being read
  std::size_t fixed_end_ = 0;      // all before is decided
};

}  // namespace

JsonRules json_rules_from(const Json& json, const std::string& where) {
  if (!json.is_object()) throw Error(ErrorKind::kData, where + ": the rules are no JSON object");
  JsonRules rules;
  for (const auto& [key, rule] : json.items()) {
    rules[key] = rule_from(rule, where + ": " + in_quotes(key));
  }
  return rules;
}

JsonMarks mark_json(const std::string& text, const JsonRules& rules) {
  return Marker(text, rules).run();
}

PromptText text_of_json(const Prompt& prompt, const JsonRules& rules) {
  PromptText whole = whole_text(prompt);
  const auto moved = [](const ByteRange& bytes, std::size_t by) {
    return ByteRange{bytes.begin + by, bytes.end + by};
  };
  for (const auto& part : whole.parts) {
    if (part.kind != PartKind::kContext) continue;
    const std::size_t begin = part.bytes.begin;
    const std::string text = whole.text.substr(begin, part.bytes.end - begin);
    parse_json(text, "a context that is to be JSON", ErrorKind::kData);
    const JsonMarks marks = mark_json(text, rules);
    for (const auto& bytes : marks.fixed) whole.fixed.push_back(moved(bytes, begin));
    for (const auto& bytes : marks.whole) whole.whole.push_back(moved(bytes, begin));
    for (const auto& span : marks.spans) {
      whole.spans.push_back({moved(span.bytes, begin), span.rate});
    }
  }
  return whole;
}

}  // namespace lingua

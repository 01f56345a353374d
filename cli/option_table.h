#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/option_value.h"

namespace lingua {

// One option: the same name on the command line ("--name") and in a configuration file ("name =").
struct Option {
  std::string name;  // without dashes, words joined by a dash
  std::string unit;  // what stands for the value in --help: "N", "FILE", "TOKENS"; "" for a switch
  std::string help;  // one sentence without a full stop; the unit of measure where there is one
  std::string section;  // heading in --help
  bool repeats = false;
  // Takes the values given, `where` naming the option in errors. More than one only if it repeats.
  std::function<void(const std::vector<std::string>& values, const std::string& where)> assign;
  // The present values; none where nothing was given and there is no default.
  std::function<std::vector<std::string>()> values;

  bool is_switch() const { return unit.empty(); }
};

// The options of a command, each bound to a field of an options struct. What the field holds when
// it is bound is the default that --help shows. Fields: string, int, int64_t, uint64_t, double;
// optional of those (unset without a default); vector of those (may be repeated); bool (a
// switch).
class OptionTable {
 public:
  // Options added from here on stand under this heading in --help.
  void section(std::string title) { section_ = std::move(title); }

  template <class T>
  void add(const std::string& name, const std::string& unit, const std::string& help, T* field) {
    insert(
        name, unit, help, false,
        [field](const auto& values, const auto& where) {
          *field = parse_option_value<T>(values.front(), where);
        },
        [field]() -> std::vector<std::string> {
          const auto text = format_option_value(*field);
          if (text.empty()) return {};
          return {text};
        });
  }

  template <class T>
  void add(const std::string& name, const std::string& unit, const std::string& help,
           std::optional<T>* field) {
    insert(
        name, unit, help, false,
        [field](const auto& values, const auto& where) {
          *field = parse_option_value<T>(values.front(), where);
        },
        [field]() -> std::vector<std::string> {
          if (!*field) return {};
          return {format_option_value(**field)};
        });
  }

  void add(const std::string& name, const std::string& unit, const std::string& help,
           std::vector<std::string>* field);

  template <class T>
  void add(const std::string& name, const std::string& unit, const std::string& help,
           std::vector<T>* field) {
    insert(
        name, unit, help, true,
        [field](const auto& values, const auto& where) {
          field->clear();
          for (const auto& value : values) field->push_back(parse_option_value<T>(value, where));
        },
        [field] {
          std::vector<std::string> texts;
          for (const T& value : *field) texts.push_back(format_option_value(value));
          return texts;
        });
  }

  // A switch: "--name" on the command line, "name = true" or "name = false" in a file.
  void add_switch(const std::string& name, const std::string& help, bool* field);

  // A value out of a closed list, which --help shows and another value's error names.
  void add_choice(const std::string& name, const std::vector<std::string>& choices,
                  const std::string& help, std::string* field);

  // Arguments without a name go to this option, which was added before and repeats.
  void take_positional(const std::string& name) { positional_ = name; }

  const std::vector<Option>& options() const { return options_; }
  const std::string& positional() const { return positional_; }

  const Option* find(const std::string& name) const;
  std::vector<std::string> names() const;

 private:
  void insert(const std::string& name, const std::string& unit, const std::string& help,
              bool repeats,
              std::function<void(const std::vector<std::string>&, const std::string&)> assign,
              std::function<std::vector<std::string>()> values);

  std::vector<Option> options_;
  std::string section_ = "Options";
  std::string positional_;
};

}  // namespace lingua

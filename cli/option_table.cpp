#include "cli/option_table.h"

#include <algorithm>

#include "cli/did_you_mean.h"

namespace lingua {

void OptionTable::insert(
    const std::string& name, const std::string& unit, const std::string& help, bool repeats,
    std::function<void(const std::vector<std::string>&, const std::string&)> assign,
    std::function<std::vector<std::string>()> values) {
  if (find(name) != nullptr) {
    throw Error(ErrorKind::kInternal, "the option --" + name + " is declared twice");
  }
  options_.push_back({name, unit, help, section_, repeats, std::move(assign), std::move(values)});
}

void OptionTable::add(const std::string& name, const std::string& unit, const std::string& help,
                      std::vector<std::string>* field) {
  insert(
      name, unit, help, true, [field](const auto& values, const auto&) { *field = values; },
      [field] { return *field; });
}

void OptionTable::add_switch(const std::string& name, const std::string& help, bool* field) {
  insert(
      name, "", help, false,
      [field](const auto& values, const auto& where) {
        *field = values.empty() || parse_option_value<bool>(values.front(), where);
      },
      [field] { return std::vector<std::string>{format_option_value(*field)}; });
}

void OptionTable::add_choice(const std::string& name, const std::vector<std::string>& choices,
                             const std::string& help, std::string* field) {
  std::string list;
  for (const auto& choice : choices) list += (list.empty() ? "" : "|") + choice;
  insert(
      name, list, help, false,
      [field, choices, list](const auto& values, const auto& where) {
        if (std::find(choices.begin(), choices.end(), values.front()) == choices.end()) {
          throw Error(ErrorKind::kUsage,
                      where + ": " + in_quotes(values.front()) + " is none of " + list,
                      did_you_mean("", values.front(), choices));
        }
        *field = values.front();
      },
      [field]() -> std::vector<std::string> {
        if (field->empty()) return {};
        return {*field};
      });
}

const Option* OptionTable::find(const std::string& name) const {
  const auto found = std::find_if(options_.begin(), options_.end(),
                                  [&](const Option& option) { return option.name == name; });
  return found == options_.end() ? nullptr : &*found;
}

std::vector<std::string> OptionTable::names() const {
  std::vector<std::string> result;
  for (const auto& option : options_) result.push_back(option.name);
  return result;
}

}  // namespace lingua

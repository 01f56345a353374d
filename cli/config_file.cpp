#include "cli/config_file.h"

#include <map>
#include <string_view>

#include "cli/did_you_mean.h"
#include "support/json.h"
#include "support/mapped_file.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::string read_value(std::string_view text, const std::string& where) {
  if (!text.starts_with('"')) return std::string(text);
  return parse_json(text, where, ErrorKind::kUsage).get<std::string>();
}

std::string write_value(const std::string& value) {
  const bool plain =
      value == trim(value) && !value.starts_with('"') && value.find('\n') == std::string::npos;
  return plain ? value : dump_json(value);
}

struct Values {
  std::vector<std::string> values;
  std::string where;
};
using ValuesByOption = std::map<const Option*, Values>;

void read_line(std::string_view line, const std::string& where, const OptionTable& table,
               ValuesByOption& found) {
  line = trim(line);
  if (line.empty() || line.front() == '#' || line.front() == ';') return;
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) {
    throw Error(ErrorKind::kUsage, where + ": no = in " + in_quotes(line),
                "write options as name = value");
  }
  const std::string key(trim(line.substr(0, equals)));
  const Option* option = table.find(key);
  if (option == nullptr) {
    throw Error(ErrorKind::kUsage, where + ": unknown key " + in_quotes(key),
                did_you_mean("", key, table.names()));
  }
  auto& entry = found[option];
  if (!entry.values.empty() && !option->repeats) {
    throw Error(ErrorKind::kUsage, where + ": \"" + key + "\" was already given in " + entry.where);
  }
  entry.values.push_back(read_value(trim(line.substr(equals + 1)), where));
  entry.where = where;
}

}  // namespace

void apply_config_file(const std::string& path, const OptionTable& table) {
  const MappedFile file(path, ErrorKind::kUsage);
  std::string_view rest = file.bytes();
  ValuesByOption found;
  for (int number = 1; !rest.empty(); ++number) {
    const auto end = std::min(rest.find('\n'), rest.size());
    read_line(rest.substr(0, end), path + ":" + std::to_string(number), table, found);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  for (const auto& [option, entry] : found) {
    option->assign(entry.values, entry.where + ": " + option->name);
  }
}

std::string dump_config(const OptionTable& table) {
  std::string text;
  for (const auto& option : table.options()) {
    text += "# " + option.help + (option.is_switch() ? "" : " (" + option.unit + ")") + "\n";
    const auto values = option.values();
    if (values.empty()) text += "# " + option.name + " =\n";
    for (const auto& value : values) text += option.name + " = " + write_value(value) + "\n";
  }
  return text;
}

}  // namespace lingua

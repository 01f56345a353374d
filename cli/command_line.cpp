#include "cli/command_line.h"

#include <algorithm>
#include <boost/make_shared.hpp>
#include <boost/program_options.hpp>
#include <sstream>

#include "cli/did_you_mean.h"
#include "support/text.h"

namespace lingua {
namespace {

namespace po = boost::program_options;

constexpr unsigned kColumns = 100;
constexpr const char* kUnnamed = "unnamed argument";  // takes what has no name

po::value_semantic* semantic_of(const Option& option) {
  if (option.is_switch()) return new po::untyped_value(true);
  auto* value = po::value<std::vector<std::string>>()->value_name(option.unit);
  if (option.repeats) value->multitoken();
  // Defaults are here for --help alone; the fields have them already.
  if (const auto values = option.values(); !values.empty()) {
    value->default_value(values, join(values, " "));
  }
  return value;
}

std::string long_name(const std::string& name) { return name == "help" ? "help,h" : name; }

po::options_description describe(const OptionTable& table) {
  po::options_description all(kColumns, kColumns / 2);
  std::vector<std::string> sections;
  for (const auto& option : table.options()) {
    if (std::find(sections.begin(), sections.end(), option.section) == sections.end()) {
      sections.push_back(option.section);
    }
  }
  for (const auto& section : sections) {
    po::options_description group(section, kColumns, kColumns / 2);
    for (const auto& option : table.options()) {
      if (option.section != section) continue;
      // Boost owns the description and its semantic.
      group.add(boost::make_shared<po::option_description>(
          long_name(option.name).c_str(), semantic_of(option), option.help.c_str()));
    }
    all.add(group);
  }
  return all;
}

[[noreturn]] void refuse_unknown(std::string name, const OptionTable& table) {
  const std::string as_given = name;
  name.erase(0, name.find_first_not_of('-'));
  const auto hint = did_you_mean("--", name, table.names());
  throw Error(ErrorKind::kUsage, "unknown option " + printable(as_given),
              hint.empty() ? "--help lists the options" : hint);
}

po::parsed_options split(const std::vector<std::string>& arguments, const OptionTable& table) {
  using namespace po::command_line_style;
  po::options_description all = describe(table);
  all.add_options()(kUnnamed, po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add(kUnnamed, -1);
  try {
    return po::command_line_parser(arguments)
        .options(all)
        .positional(positional)
        .style(unix_style & ~allow_guessing)
        .run();
  } catch (const po::unknown_option& failure) {
    refuse_unknown(failure.get_option_name(), table);
  } catch (const po::error& failure) {
    throw Error(ErrorKind::kUsage, failure.what(), "--help lists the options");
  }
}

const Option* option_of(const po::option& parsed, const OptionTable& table) {
  if (parsed.string_key != kUnnamed) return table.find(parsed.string_key);
  if (table.positional().empty()) {
    throw Error(ErrorKind::kUsage, "unexpected argument " + in_quotes(parsed.value.front()),
                "options begin with --; --help lists them");
  }
  return table.find(table.positional());
}

}  // namespace

std::vector<GivenOption> parse_command_line(const std::vector<std::string>& arguments,
                                            const OptionTable& table) {
  std::vector<GivenOption> given;
  for (const auto& parsed : split(arguments, table).options) {
    const Option* option = option_of(parsed, table);
    const auto earlier = std::find_if(given.begin(), given.end(),
                                      [&](const GivenOption& one) { return one.option == option; });
    if (earlier == given.end()) {
      given.push_back({option, parsed.value});
    } else if (option->repeats) {
      earlier->values.insert(earlier->values.end(), parsed.value.begin(), parsed.value.end());
    } else {
      throw Error(ErrorKind::kUsage, "--" + option->name + " is given twice");
    }
  }
  return given;
}

std::string describe_options(const OptionTable& table) {
  std::ostringstream text;
  text << describe(table);
  return text.str();
}

}  // namespace lingua

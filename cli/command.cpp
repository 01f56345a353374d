#include "cli/command.h"

#include "cli/command_line.h"
#include "cli/config_file.h"
#include "cli/failure.h"
#include "lingua_version.h"
#include "model/dtype.h"
#include "support/error.h"
#include "support/interrupt.h"
#include "support/log.h"
#include "support/memory.h"

namespace lingua {
namespace {

constexpr int kMostThreads = 1024;

// The options of the frame itself; only of the command line, not of a configuration file.
struct FrameOptions {
  bool help = false;
  bool version = false;
  bool dump_config = false;
  std::string config;
};

void declare_common(OptionTable& table, CommonOptions& common) {
  table.section("Common options");
  table.add("threads", "N", "threads to compute with; 0 takes all processors of this process",
            &common.threads);
  table.add_switch("quiet", "no progress and no notes on standard error", &common.quiet);
}

void declare_frame(OptionTable& table, FrameOptions& frame) {
  table.section("Common options");
  table.add("config", "FILE", "read options from an INI file; the command line overrides them",
            &frame.config);
  table.add_switch("dump-config", "print all options as such a file and end", &frame.dump_config);
  table.add_switch("version", "print the version and end", &frame.version);
  table.add_switch("help", "print this text and end", &frame.help);
}

std::string help_text(const Command& command, const OptionTable& table) {
  std::string text = command.name + ": " + command.summary + "\n\nUsage: " + command.usage + "\n" +
                     describe_options(table) + "\nExample:\n";
  for (std::size_t begin = 0; begin < command.example.size();) {
    const auto end = std::min(command.example.find('\n', begin), command.example.size());
    text += "  " + command.example.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  return text;
}

void assign(const std::vector<GivenOption>& given) {
  for (const auto& [option, values] : given) option->assign(values, "--" + option->name);
}

// The options of a command by name, so that values can be looked up in a smaller table.
std::vector<GivenOption> only(const std::vector<GivenOption>& given, const OptionTable& table) {
  std::vector<GivenOption> result;
  for (const auto& one : given) {
    if (const Option* option = table.find(one.option->name)) {
      result.push_back({option, one.values});
    }
  }
  return result;
}

int print(const std::string& text) {
  write_result(text);
  return 0;
}

int run(const std::vector<std::string>& arguments, const Command& command) {
  CommonOptions common;
  FrameOptions frame;
  OptionTable of_file, all;  // `all` has the frame's options too
  for (auto* table : {&of_file, &all}) {
    command.declare(*table);
    declare_common(*table, common);
  }
  declare_frame(all, frame);
  const std::string help = help_text(command, all);

  const auto given = parse_command_line(arguments, all);
  assign(given);
  if (frame.help) return print(help);
  if (frame.version) {
    return print(command.name + " " + LINGUA_VERSION + " (" + LINGUA_REVISION + ")\n");
  }
  if (!frame.config.empty()) {
    apply_config_file(frame.config, of_file);
    assign(only(given, of_file));
  }
  if (frame.dump_config) return print(dump_config(of_file));
  if (common.threads < 0 || common.threads > kMostThreads) {
    throw Error(ErrorKind::kUsage, "--threads " + std::to_string(common.threads) +
                                       " is outside 0 to " + std::to_string(kMostThreads));
  }
  command.validate();
  set_quiet(common.quiet);
  common.threads_given = common.threads > 0;
  common.threads = set_threads(common.threads);
  return command.run(common);
}

}  // namespace

int run_command(int argc, char** argv, const Command& command) {
  install_signal_handlers();
  keep_freed_memory();
  try {
    const int exit_code = run({argv + 1, argv + argc}, command);
    flush_results();
    return exit_code;
  } catch (...) {
    return report_failure(command.name);
  }
}

void require_option(const std::string& value, const std::string& name, const std::string& hint) {
  if (value.empty()) throw Error(ErrorKind::kUsage, "--" + name + " is missing", hint);
}

}  // namespace lingua

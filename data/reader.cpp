#include "data/reader.h"

#include <algorithm>
#include <unordered_set>

#include "data/dialects.h"
#include "data/line_reader.h"
#include "support/interrupt.h"
#include "support/json.h"
#include "support/log.h"
#include "support/sha256.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr std::size_t kLongestLine = std::size_t{16} << 20;  // bytes
constexpr std::size_t kLongestReason = 300;                  // bytes
constexpr std::size_t kMostShown = 5;                        // bad lines in a message
constexpr std::string_view kBlanks = " \t\r\v\f";

struct Reading {
  const ReadOptions& options;
  ReadResult result;
  std::unordered_set<std::string> seen;  // SHA-256 of the messages
};

std::string list_bad(const std::vector<std::string>& bad) {
  std::string text;
  for (std::size_t i = 0; i < std::min(bad.size(), kMostShown); ++i) text += "\n  " + bad[i];
  if (bad.size() > kMostShown) text += "\n  ...";
  return text;
}

void add_bad(Reading& reading, const std::string& reason) {
  auto& bad = reading.result.bad;
  bad.push_back(shortened(printable(reason), kLongestReason));
  const std::size_t allowed = reading.options.max_bad_lines;
  if (bad.size() <= allowed) return;
  throw Error(
      ErrorKind::kData,
      "more than " + format_counted(allowed, "bad line") + "; the first are" + list_bad(bad),
      "mend these lines or take them out");
}

// Mistakes that concern the file and not one line, seen at the first line with text.
void refuse_other_formats(const Line& line, const std::string& text, const std::string& where) {
  if (line.text.starts_with("\xFF\xFE") || line.text.starts_with("\xFE\xFF")) {
    throw Error(ErrorKind::kData, where + ": the file is UTF-16, not UTF-8",
                "convert it: iconv -f UTF-16 -t UTF-8 IN > OUT");
  }
  if (text.starts_with('[')) {
    throw Error(ErrorKind::kData, where + ": the file is a JSON array, not JSON Lines",
                "write one object a line: jq -c '.[]' IN > OUT");
  }
  if (text == "{") {
    throw Error(ErrorKind::kData, where + ": the object goes on over the end of the line",
                "write one object a line: jq -c . IN > OUT");
  }
}

// Whether a JSON error says that the text ended too early.
bool ended_early(std::string_view message) {
  return message.find("unexpected end of input") != std::string_view::npos ||
         message.find("missing closing quote") != std::string_view::npos;
}

Json parse_line(const Line& line, const std::string& where) {
  const auto refuse = [&where](const std::string& reason) {
    throw Error(ErrorKind::kData, where + ": " + reason);
  };
  if (line.too_long) refuse("the line is longer than " + format_bytes(kLongestLine));
  if (const auto nul = line.text.find('\0'); nul != std::string::npos) {
    refuse("NUL at byte " + std::to_string(nul + 1));
  }
  if (const auto invalid = first_invalid_utf8(line.text); invalid != std::string::npos) {
    refuse("not UTF-8 at byte " + std::to_string(invalid + 1));
  }
  try {
    return parse_json(line.text, where, ErrorKind::kData);
  } catch (const Error& error) {
    if (!line.terminated && ended_early(error.what())) refuse("the file ends inside this line");
    throw;
  }
}

void add_example(Reading& reading, Example example) {
  Sha256 hash;
  for (const Message& message : example.messages) {
    hash.update(message.role + '\0' + std::to_string(message.content.size()) + '\0');
    hash.update(message.content);
  }
  if (!reading.seen.insert(hash.hex()).second) ++reading.result.duplicates;
  reading.result.examples.push_back(std::move(example));
}

void read_line(Reading& reading, const Line& line, const std::string& path) {
  const std::string where = path + ':' + std::to_string(line.number);
  try {
    Example example = parse_example(parse_line(line, where), where, reading.options.format);
    example.source = path;
    example.line = line.number;
    add_example(reading, std::move(example));
  } catch (const Error& error) {
    add_bad(reading, error.what());
  }
}

void read_file(Reading& reading, const std::string& path) {
  ReadResult& result = reading.result;
  const std::size_t examples_before = result.examples.size();
  const std::size_t bad_before = result.bad.size();
  LineReader reader(path, kLongestLine);
  Line line;
  std::size_t with_text = 0;
  while (reader.next(line)) {
    throw_if_interrupted();
    const std::size_t first = line.text.find_first_not_of(kBlanks);
    if (first == std::string::npos && !line.too_long) {
      ++result.blank_lines;
      continue;
    }
    if (with_text++ == 0 && first != std::string::npos) {
      const std::size_t last = line.text.find_last_not_of(kBlanks);
      refuse_other_formats(line, line.text.substr(first, last - first + 1),
                           path + ':' + std::to_string(line.number));
    }
    read_line(reading, line, path);
  }
  if (result.examples.size() > examples_before) return;
  if (with_text == 0) throw Error(ErrorKind::kData, path + " is empty");
  const std::vector<std::string> bad(result.bad.begin() + static_cast<std::ptrdiff_t>(bad_before),
                                     result.bad.end());
  throw Error(ErrorKind::kData, path + " holds no example; its bad lines are" + list_bad(bad));
}

void report(const ReadResult& result) {
  const auto& bad = result.bad;
  for (std::size_t i = 0; i < std::min(bad.size(), kMostShown); ++i) log_warning(bad[i]);
  if (bad.empty()) return;
  log_warning("passed over " + format_counted(bad.size(), "bad line") + ", read " +
              format_counted(result.examples.size(), "example"));
}

}  // namespace

void validate(const ReadOptions& options) { require_dialect(options.format); }

ReadResult read_examples(const std::vector<std::string>& paths, const ReadOptions& options) {
  validate(options);
  if (paths.empty()) throw Error(ErrorKind::kUsage, "no data file is given");
  Reading reading{options, {}, {}};
  for (const std::string& path : paths) read_file(reading, path);
  report(reading.result);
  return std::move(reading.result);
}

}  // namespace lingua

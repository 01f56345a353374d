#include "data/reader.h"

#include <algorithm>
#include <sstream>
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

std::string hash_of(const Example& example) {
  Sha256 hash;
  for (const Message& message : example.messages) {
    hash.update(message.role + '\0' + std::to_string(message.content.size()) + '\0');
    hash.update(message.content);
  }
  return hash.hex();
}

// Characters of all answers, blanks left out.
std::size_t answer_characters(const Example& example) {
  std::size_t count = 0;
  for (const Message& message : example.messages) {
    if (message.role != "assistant") continue;
    count += static_cast<std::size_t>(
        std::count_if(message.content.begin(), message.content.end(), [](char c) {
          return (c & 0xC0) != 0x80 && kBlanks.find(c) == std::string_view::npos && c != '\n';
        }));
  }
  return count;
}

void add_example(Reading& reading, Example example) {
  const ReadOptions& options = reading.options;
  const bool is_new = reading.seen.insert(hash_of(example)).second;
  if (!is_new) ++reading.result.duplicates;
  if (!is_new && !options.keep_duplicates) return;
  const bool is_near_empty = answer_characters(example) < options.near_empty;
  if (is_near_empty) ++reading.result.near_empty;
  if (is_near_empty && options.drop_near_empty) return;
  reading.result.examples.push_back(std::move(example));
}

void read_line(Reading& reading, const Line& line, const std::string& path, double weight) {
  const std::string where = path + ':' + std::to_string(line.number);
  try {
    Example example =
        parse_example(parse_line(line, where), where, reading.options.format, &reading.result.logs);
    example.source = path;
    example.line = line.number;
    example.weight = weight;
    add_example(reading, std::move(example));
  } catch (const Error& error) {
    add_bad(reading, error.what());
  }
}

void read_file(Reading& reading, const std::string& path, double weight) {
  ReadResult& result = reading.result;
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
    read_line(reading, line, path, weight);
  }
  result.lines += with_text;
  if (with_text > result.bad.size() - bad_before) return;
  if (with_text == 0) throw Error(ErrorKind::kData, path + " is empty");
  const std::vector<std::string> bad(result.bad.begin() + static_cast<std::ptrdiff_t>(bad_before),
                                     result.bad.end());
  throw Error(ErrorKind::kData, path + " holds no example; its bad lines are" + list_bad(bad));
}

void report(const ReadResult& result, const ReadOptions& options) {
  const auto& bad = result.bad;
  for (std::size_t i = 0; i < std::min(bad.size(), kMostShown); ++i) log_warning(bad[i]);
  const auto warn = [](std::size_t count, const char* noun, const std::string& what) {
    if (count > 0) log_warning(format_counted(count, noun) + what);
  };
  warn(bad.size(), "bad line",
       " passed over, " + format_counted(result.examples.size(), "example") + " read");
  if (!options.keep_duplicates) {
    warn(result.duplicates, "example", " left out whose messages stood before");
  }
  if (options.drop_near_empty) {
    warn(result.near_empty, "example",
         " left out with answers under " + format_counted(options.near_empty, "character"));
  }
  warn(result.logs.unusable, "answer",
       " read without log-probabilities, whose tokens do not spell them");
  warn(result.logs.further_choices, "answer", " left out that follow their request's first");
  warn(result.logs.unfinished, "answer", " cut off by a limit or a filter");
}

}  // namespace

void validate(const ReadOptions& options) {
  require_dialect(options.format);
  for (const double weight : options.weights) {
    if (weight >= 0.001 && weight <= 1000) continue;
    std::ostringstream message;
    message << "the weight of a data file is " << weight << "; it must be 0.001 to 1000";
    throw Error(ErrorKind::kUsage, message.str());
  }
}

ReadResult read_examples(const std::vector<std::string>& paths, const ReadOptions& options) {
  validate(options);
  if (paths.empty()) throw Error(ErrorKind::kUsage, "no data file is given");
  const auto& weights = options.weights;
  if (!weights.empty() && weights.size() != paths.size()) {
    throw Error(ErrorKind::kUsage,
                format_counted(paths.size(), "data file") + " and " +
                    format_counted(weights.size(), "weight") + " are given",
                "give one weight a file, in their order");
  }
  Reading reading{options, {}, {}};
  for (std::size_t i = 0; i < paths.size(); ++i) {
    read_file(reading, paths[i], weights.empty() ? 1.0 : weights[i]);
  }
  report(reading.result, options);
  if (reading.result.examples.empty()) {
    throw Error(ErrorKind::kData, "no example is left of " +
                                      format_counted(reading.result.lines, "line") +
                                      ": all of them are near-empty");
  }
  return std::move(reading.result);
}

}  // namespace lingua

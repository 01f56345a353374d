#include "compress/protect.h"

#include <algorithm>

#include "compress/options.h"
#include "compress/pattern.h"
#include "support/error.h"
#include "support/text.h"

namespace lingua {
namespace {

struct Kind {
  const char* name;
  Protection protection;
  const char* pattern;
};

// A fence is closed by one of the same signs without anything behind it; one that is not closed
// reaches to the end, as in CommonMark. Addresses end before the punctuation of the sentence, and
// have only the characters of RFC 3986, for in scripts without spaces the text goes on at once.
const Kind kKinds[] = {
    {"code", Protection::kCode,
     R"((?ms)^[ \t]*(```+|~~~+)[^\n`]*\n.*?(?:^[ \t]*\1[`~]*[ \t]*$|\z))"
     R"(|(?<!`)(`+)(?!`)[^\n]*?[^\n`]\2(?!`))"},
    {"urls", Protection::kUrls,
     R"((?i)(?<![a-z0-9])(?:[a-z][a-z0-9+.-]*://|www\.|mailto:))"
     R"((?:[a-z0-9\-._~:/?#@!$&'*+,;=%]|\([a-z0-9\-._~:/?#@!$&'*+,;=%]*\)|\[[a-f0-9:.]*\])*)"
     R"((?:[a-z0-9/_~#&$*+=@%-]|(?<=\)|\])))"
     R"(|[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+)"},
    {"numbers", Protection::kNumbers,
     R"(0[xX][0-9a-fA-F]+|[-+\x{2212}]?\p{Sc}?\.?\p{N}+(?:[.,:/'\x{2019}_-]\p{N}+)*)"
     R"((?:[eE][-+]?\p{N}+)?(?:\h?[%\x{2030}\x{B0}]|\h?\p{Sc})?)"},
    {"placeholders", Protection::kPlaceholders,
     R"(\{\{[^{}\n]*\}\}|\{%[^\n]*?%\}|\$?\{[\w.:!<>^%$@\[\]'"-]*\})"
     R"(|%\(\w+\)[-+#0]*[\d.]*[a-zA-Z]|%(?:\d+\$)?[-+#0]*\d*(?:\.\d+)?[a-zA-Z]\b)"},
};

// A word with a digit in it, and what goes on behind a point or comma: "3.14", "A113", "10,000".
constexpr const char* kWordWithDigit =
    R"([\p{L}\p{N}_]*\p{N}[\p{L}\p{N}_]*(?:[.,:/'\x{2019}-]\p{N}+)*)";

std::vector<ByteRange> occurrences(const std::string& text, const std::string& part) {
  std::vector<ByteRange> found;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    found.push_back({at, at + part.size()});
  }
  return found;
}

const Kind& kind_of(Protection protection) {
  for (const Kind& kind : kKinds) {
    if (kind.protection == protection) return kind;
  }
  throw Error(ErrorKind::kInternal, "a protected kind of text without a pattern");
}

Protection parse_one(const std::string& name) {
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) {
    if (name == kind.name) return kind.protection;
    names.emplace_back(kind.name);
  }
  const std::string nearest = nearest_name(name, names);
  throw Error(ErrorKind::kUsage, "--protect " + in_quotes(name) + " is not known",
              nearest.empty() ? "choose of " + join(names, ", ") : "did you mean " + nearest + "?");
}

}  // namespace

std::vector<Protection> parse_protections(const std::string& names) {
  std::vector<Protection> kinds;
  for (std::size_t begin = 0; begin <= names.size();) {
    const std::size_t end = std::min(names.find(',', begin), names.size());
    kinds.push_back(parse_one(names.substr(begin, end - begin)));
    begin = end + 1;
  }
  return kinds;
}

std::vector<ByteRange> protected_ranges(const std::string& text, const CompressOptions& options) {
  std::vector<std::string> patterns = options.keep;
  if (options.keep_digits) patterns.emplace_back(kWordWithDigit);
  for (const Protection one : options.protect) patterns.emplace_back(kind_of(one).pattern);
  std::vector<ByteRange> ranges = find_all(patterns, text);
  for (const auto& part : options.keep_tokens) {
    const auto found = occurrences(text, part);
    ranges.insert(ranges.end(), found.begin(), found.end());
  }
  return merged(std::move(ranges));
}

}  // namespace lingua

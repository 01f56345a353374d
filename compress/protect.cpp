#include "compress/protect.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string_view>

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
     R"((?ms)^[ \t]*(```+|~~~+)[^\n`]*\n.*?(?:^[ \t]*\1[`~]*[ \t]*(?:\n|\z)|\z))"
     R"(|(?<!`)(`+)(?!`)[^\n]*?[^\n`]\2(?!`))"},
    {"urls", Protection::kUrls,
     R"((?i)(?<![a-z0-9])(?:[a-z][a-z0-9+.-]*://|www\.|mailto:))"
     R"((?:[a-z0-9\-._~:/?#@!$&'*+,;=%]|\([a-z0-9\-._~:/?#@!$&'*+,;=%]*\)|\[[a-f0-9:.]*\])*)"
     R"((?:[a-z0-9/_~#&$*+=@%-]|(?<=\)|\])))"
     R"(|[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+)"},
    {"numbers", Protection::kNumbers,
     R"((?:[-+\x{2212}]?\p{Sc}?\.?|LETTER*)\p{N}(?:[\p{N}_]|LETTER|[.,:/'\x{2019}-](?=\p{N}))*)"
     R"((?:(?<=[eE])[-+]\p{N}+)?(?:\h?[%\x{2030}\x{B0}]|\h?\p{Sc})?)"},
    {"placeholders", Protection::kPlaceholders,
     R"(\{\{[^{}\n]*\}\}|\{%[^\n]*?%\}|\$?\{[\w.:!<>^%$@\[\]'"-]*\})"
     R"(|%\(\w+\)[-+#0]*[\d.]*[a-zA-Z]|%(?:\d+\$)?[-+#0]*\d*(?:\.\d+)?[a-zA-Z]\b)"},
};

// A word with a digit in it, and what goes on behind a point or comma: "3.14", "A113", "10,000".
constexpr const char* kWordWithDigit =
    R"(LETTER*\p{N}(?:[\p{N}_]|LETTER|[.,:/'\x{2019}-](?=\p{N}))*)";

// What LETTER stands for in the patterns: letters of scripts that put spaces between words.
constexpr std::string_view kLetter =
    R"((?:(?![\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}])\p{L}))";

std::string with_letters(std::string pattern) {
  const std::string_view name = "LETTER";
  for (auto at = pattern.find(name); at != std::string::npos; at = pattern.find(name, at)) {
    pattern.replace(at, name.size(), kLetter);
  }
  return pattern;
}

// Signs before a protected text that stay with it.
constexpr int kMostSigns = 2;

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
  if (options.keep_digits) patterns.push_back(with_letters(kWordWithDigit));
  for (const Protection one : options.protect) {
    patterns.push_back(with_letters(kind_of(one).pattern));
  }
  std::vector<ByteRange> ranges = find_all(patterns, text);
  for (const auto& part : options.keep_tokens) {
    const auto found = occurrences(text, part);
    ranges.insert(ranges.end(), found.begin(), found.end());
  }
  return merged(std::move(ranges));
}

std::vector<ByteRange> with_lead(const std::string& text, std::vector<ByteRange> ranges,
                                 const std::vector<std::size_t>& walls) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  const auto is_sign = [](char c) {
    return c > ' ' && c < 0x7F && std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_';
  };
  for (auto& range : ranges) {
    const auto wall = std::upper_bound(walls.begin(), walls.end(), range.begin);
    const std::size_t least = wall == walls.begin() ? 0 : *std::prev(wall);
    for (int signs = 0; signs < kMostSigns && range.begin > least; ++signs) {
      if (!is_sign(text[range.begin - 1])) break;
      --range.begin;
    }
    if (range.begin > least && is_space(text[range.begin - 1])) --range.begin;
  }
  return merged(std::move(ranges));
}

}  // namespace lingua

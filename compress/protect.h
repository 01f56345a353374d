#pragma once

#include <string>
#include <vector>

#include "model/tokenizer.h"

namespace lingua {

struct CompressOptions;

// Kinds of text that can be protected by name.
enum class Protection {
  kCode,          // Markdown's fenced blocks, fences included, and `code` within a line
  kUrls,          // addresses with a scheme or www., and e-mail addresses
  kNumbers,       // with sign, separators, exponent, unit, currency and percent sign
  kPlaceholders,  // {name}, {{ name }}, ${name}, {% tag %}, %(name)s, %s
};

// The kinds of "code,urls,numbers,placeholders", any of them in any order. Throws Error(kUsage)
// for another name, with the nearest known one, and for an empty one.
std::vector<Protection> parse_protections(const std::string& names);

// What the options want kept of `text` (valid UTF-8): matches of their patterns, their literal
// texts, words with digits, and the protected kinds. In order, merged where they touch. Throws
// Error(kUsage) when a pattern needs absurdly many steps.
std::vector<ByteRange> protected_ranges(const std::string& text, const CompressOptions& options);

// The ranges with the signs (at most two) and the white space (one) before each, as words take them
// along: without them "deck 7 or 6" would leave "76". `walls` are places, in order, that no lead
// reaches over.
std::vector<ByteRange> with_lead(const std::string& text, std::vector<ByteRange> ranges,
                                 const std::vector<std::size_t>& walls = {});

}  // namespace lingua

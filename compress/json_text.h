#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compress/prompt.h"
#include "support/json.h"

namespace lingua {

// Compression of JSON that stays JSON: only the characters of string values may go, so keys,
// numbers, literals, order and white space remain byte for byte.

// What happens to the strings under a key.
struct JsonRule {
  std::optional<double> rate = std::nullopt;  // share of their tokens, in [0, 1]; none: of all
  bool compress = true;                       // false: they stay as they are
};

// By key: the names from the outermost object on, joined by points, or the innermost name alone;
// the first wins. Elements of a list have the key of the list. "*" is for all others.
using JsonRules = std::map<std::string, JsonRule>;

// Reads {"key": {"rate": number, "compress": boolean}, ...}. Throws Error(kData) that begins with
// `where` and names the key for anything else.
JsonRules json_rules_from(const Json& json, const std::string& where);

// What must stay of a JSON text, and how it may be cut.
struct JsonMarks {
  std::vector<ByteRange> fixed;  // all but the insides of strings that may be shortened
  std::vector<ByteRange> whole;  // escape sequences; a surrogate pair is one
  std::vector<RatedSpan> spans;  // strings with a rate of their own
};

// `text` is valid JSON.
JsonMarks mark_json(const std::string& text, const JsonRules& rules);

// whole_text() of a prompt whose contexts are JSON documents. Throws Error(kData) that names the
// context for one that is not.
PromptText text_of_json(const Prompt& prompt, const JsonRules& rules);

}  // namespace lingua

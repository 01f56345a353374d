#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "model/tokenizer.h"

namespace lingua {

// Where values stand in a JSON text, so that some can be exchanged and all else stays as it was
// written, byte for byte: numbers of any length, escapes, spaces. `text` is valid JSON.

// The value that begins at or, white space aside, behind `at`.
ByteRange value_at(std::string_view text, std::size_t at);

// The elements of the list that begins at `at`.
std::vector<ByteRange> elements_at(std::string_view text, std::size_t at);

// The value of `key` in the object that begins at `at`; empty where it has none.
ByteRange member_at(std::string_view text, std::size_t at, std::string_view key);

// The text [list.begin, list.end) of a list with texts[i] in the place of element i, those that are
// empty left out with their commas. `elements` are those of the list.
std::string list_with(std::string_view text, const ByteRange& list,
                      const std::vector<ByteRange>& elements,
                      const std::vector<std::string>& texts);

// The text of [whole.begin, whole.end) with `part`, which lies in it, exchanged.
std::string exchanged(std::string_view text, const ByteRange& whole, const ByteRange& part,
                      std::string_view replacement);

}  // namespace lingua

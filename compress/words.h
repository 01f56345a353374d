#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "compress/layout.h"

namespace lingua {

// The layout with its units joined to whole words, so that a word stays or goes as one. A word
// takes the white space and the sign before it along; a number keeps its point and its commas, a
// contraction its apostrophe. In scripts that put no spaces between words every unit is a word of
// its own, and so is each piece of a run of more than kLongestWord tokens. Pictures of several
// characters, families and flags, are one. What is forced is never joined with what is not.
Layout join_words(const Layout& pieces);

// Whether the character at `at` goes on with a word before it, if there is one: letters, digits and
// what holds them together, but no character of a script that puts no spaces between words.
bool continues_word(std::string_view text, std::size_t at);

// Whether `text` begins with a letter of a script that puts no spaces between words.
bool is_letter_without_spaces(std::string_view text);

// Words, and single signs and characters of scripts without spaces, without the white space
// between.
std::vector<ByteRange> words_in(std::string_view text);

// Lower-case words (ASCII) with single spaces between them, without signs.
std::string folded_words(const std::string& text);

// Tokens of the longest word; runs beyond it (Base64, long identifiers) are cut so that a budget
// can be met.
inline constexpr std::size_t kLongestWord = 16;

}  // namespace lingua

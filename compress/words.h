#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "compress/layout.h"
#include "compress/ranking.h"

namespace lingua {

// The layout with its units joined to whole words, so that a word stays or goes as one. A word
// takes the white space and the sign before it along; a number keeps its point and its commas, a
// contraction its apostrophe. In scripts that put no spaces between words every unit is a word of
// its own, and so is each piece of a run of more than kLongestWord tokens. What is forced is never
// joined with what is not.
Layout join_words(const Layout& pieces);

// Whether the character at `at` goes on with a word before it, if there is one: letters, digits and
// what holds them together, but no character of a script that puts no spaces between words.
bool continues_word(std::string_view text, std::size_t at);

// Words, and single signs and characters of scripts without spaces, without the white space
// between.
std::vector<ByteRange> words_in(std::string_view text);

// Tokens of the longest word; runs beyond it (Base64, long identifiers) are cut so that a budget
// can be met.
inline constexpr std::size_t kLongestWord = 16;

// What the ranking of words says about their pieces.
Ranking spread(const Ranking& of_words, const std::vector<std::size_t>& word_of);

// For each unit of `pieces` the unit of `words`, made by join_words(pieces), that it went into.
std::vector<std::size_t> words_of(const Layout& pieces, const Layout& words);

}  // namespace lingua

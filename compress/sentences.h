#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "compress/join.h"
#include "compress/layout.h"

namespace lingua {

// Sentences of any language, by signs alone. One ends behind . ! ? or their like in other scripts,
// with what closes quotes and brackets, where white space follows and no lower-case letter of the
// Latin alphabet; behind a full-width sign at once; at a blank line; and at a line break that no
// such letter follows, for lines of prompts are items more often than wrapped text. A point ends
// none behind a single letter, a word with points in it ("e.g."), a few titles ("Dr.") and the
// number of a list item. A sentence takes the white space before it along, as words do.

// Places between the sentences of `text`, in order; none at its ends.
std::vector<std::size_t> sentence_borders(std::string_view text);

// The number of the sentence that each unit begins in, counted from 0 over the whole layout; each
// part begins a new one.
std::vector<std::size_t> sentences_of_units(const Layout& layout);

// The first `first` and the last `last` sentences of each context of `prompt`, in order.
std::vector<ByteRange> outer_sentences(const PromptText& prompt, std::size_t first,
                                       std::size_t last);

// The layout with its units joined to whole sentences.
Layout join_sentences(const Layout& pieces, ForcedUnits forced);

}  // namespace lingua

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "compress/layout.h"
#include "compress/prompt.h"

namespace lingua {

// Contexts of the output, in its order, as one text.
struct JoinedContexts {
  std::string text;
  std::vector<std::size_t> indices;  // in the prompt
  std::vector<std::size_t> begins;   // of each in `text`
};

JoinedContexts join_contexts(const std::vector<std::string>& contexts,
                             const std::vector<std::size_t>& indices);

// `kept` ranges of the joined contexts, and instruction and question around them, as ranges of the
// prompt's text, in the order of the output. A blank line between two contexts is taken from after
// the first of them, or from before it if nothing follows. Empty for a prompt with empty contexts.
std::vector<ByteRange> kept_of_prompt(const Prompt& prompt, const JoinedContexts& joined,
                                      const std::vector<ByteRange>& kept, bool with_question);

// `kept` ranges of `text` without the spaces that the decoding of the transformers library takes
// away: those before . ? ! , and English contractions, and those around a lone apostrophe.
std::vector<ByteRange> without_loose_spaces(const std::string& text,
                                            const std::vector<ByteRange>& kept);

// `bytes` with each broken UTF-8 sequence replaced, one replacement for each longest beginning of a
// character, as Python and Rust decode.
std::string mend_characters(const std::string& bytes, const std::string& replacement);

// Without white space at both ends.
std::string stripped(const std::string& text);

}  // namespace lingua

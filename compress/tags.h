#pragma once

#include <string>
#include <vector>

#include "compress/prompt.h"

namespace lingua {

// Structured prompts: <llmlingua rate=0.5>...</llmlingua> gives what it encloses a share of its
// own, <llmlingua compress=False>...</llmlingua> keeps it as it is. Commas between attributes and
// quotes around values are allowed, as the package llmlingua writes them; a tag without attributes
// changes nothing. Tags do not nest.

// A text with its tags taken out.
struct TaggedText {
  std::string text;
  std::vector<RatedSpan> spans;  // in bytes of `text`, in order
  std::vector<ByteRange> fixed;  // the same
};

// Throws Error(kData) that begins with `where` and names the line, for a tag that is not closed or
// not opened, one within another, an attribute that is not known and a value out of its range.
TaggedText without_tags(const std::string& text, const std::string& where);

// whole_text() of the prompt without its tags; instruction and question may have some too. What is
// fixed has its lead (compress/protect.h), so that it does not grow together with what stays
// before.
PromptText text_of_tagged(const Prompt& prompt);

// Contexts of a text that was cut at blank lines, those within a tag put together again.
std::vector<std::string> join_within_tags(const std::vector<std::string>& contexts);

}  // namespace lingua

#pragma once

#include <string>
#include <vector>

#include "compress/prompt.h"

namespace lingua {

// A prompt whose answer is known.
struct FidelityPrompt {
  Prompt prompt;
  std::string answer;         // that its context says; not empty
  std::string expected = {};  // what a generated answer must be, for exact-match tasks; "": none
  std::string id = {};        // of its own in a file: given, or the number of its line
  std::string task = {};      // what kind of prompt it is; "": none
};

// Reads JSON Lines: prompts (compress/prompt.h) with "answer", and perhaps "expected", "id" and
// "task". Throws Error(kData) naming file and line for what is no such prompt, for one without
// context, for an id that stood before, and for a file without any.
std::vector<FidelityPrompt> read_fidelity_prompts(const std::vector<std::string>& paths);

// The prompt that asks for its whole context again: what a reader can retain of the text.
FidelityPrompt retention_of(const FidelityPrompt& prompt);

// The prompt's text without its contexts: what a reader knows who has read none of them.
std::string text_without_context(const Prompt& prompt);

// The contexts as whole_text() joins them.
std::string context_text(const Prompt& prompt);

}  // namespace lingua

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/tokenizer.h"
#include "support/json.h"

namespace lingua {

// A prompt in the paper's three components (LLMLingua, arXiv 2310.05736, section 3), with its own
// budget where its file gives one.
struct Prompt {
  std::string instruction;               // may be empty
  std::vector<std::string> context;      // demonstrations, documents, turns; each may be empty
  std::string question;                  // may be empty
  std::optional<double> rate;            // (0, 1], of the whole prompt's tokens
  std::optional<int64_t> target_tokens;  // >= 1, of the whole output; excludes `rate`
  Json arguments;  // of reference mode (compress/reference_arguments.h); null if it has none
};

enum class PartKind { kInstruction, kContext, kQuestion };

// A component that is not empty, as bytes of the prompt's text.
struct PromptPart {
  PartKind kind = PartKind::kContext;
  ByteRange bytes;
  std::size_t number = 0;  // of a context among those given, or of a message; from 0
};

// Text that has a budget of its own.
struct RatedSpan {
  ByteRange bytes;
  double rate = 1;  // share of its tokens that remains, in [0, 1]
  bool operator==(const RatedSpan&) const = default;
};

// A prompt as one text. All byte ranges of compression speak of it.
struct PromptText {
  std::string text;
  std::vector<PromptPart> parts;
  std::vector<ByteRange> fixed;  // stay as they are; in order
  std::vector<ByteRange> whole;  // never cut inside: each stays or goes as one; in order
  std::vector<RatedSpan> spans;  // in order, without overlap
  // One entry a part: of contexts the greatest are dropped last. Empty: by their perplexity.
  std::vector<float> wanted;
  // One flag a part: a context that is not dropped as a whole. Empty: none.
  std::vector<bool> required;
  // Parts are texts of their own, each encoded alone, and what stands between them is no output.
  bool apart = false;
  std::optional<double> rate;            // the prompt's own, as in Prompt
  std::optional<int64_t> target_tokens;  // the same
};

// The components that are not empty, joined by blank lines ("\n\n").
PromptText whole_text(const Prompt& prompt);

// Reads {"instruction": str, "context": [str] or str, "question": str, "rate": number or "35%",
// "target_tokens": int, "args": object}; every field may be missing or null, others are passed
// over. With `contexts_are_json` an object as context, or any value in a list of contexts, stands
// for its JSON. Throws Error(kData) starting with `where` (file:line) for a field of another type
// or range, and for rate and target_tokens together.
Prompt prompt_from_json(const Json& json, const std::string& where, bool contexts_are_json = false);

// A bare prompt: all of it is context, cut at blank lines. Of more than two newlines in a row the
// first two separate and the rest belong to what follows, so that whole_text() gives `text` back.
Prompt prompt_from_text(std::string_view text);

}  // namespace lingua

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compress/prompt.h"
#include "model/tokenizer.h"

namespace lingua {

// The least that can be kept or dropped: the shortest run of tokens whose borders are borders of
// UTF-8 characters, so that any choice of units is valid UTF-8, and cut nothing that is to stay
// whole. Mostly one token. A token that reaches over a part's border is cut there.
struct Unit {
  ByteRange bytes;              // of the text; inside one part, never empty
  std::size_t first_token = 0;  // tokens [first_token, end_token) overlap it
  std::size_t end_token = 0;
  std::size_t part = 0;
  bool forced = false;  // kept whatever its loss

  std::size_t tokens() const { return end_token - first_token; }
};

struct LayoutPart {
  PartKind kind = PartKind::kContext;
  ByteRange bytes;
  std::size_t first_unit = 0;  // units [first_unit, end_unit) cover it without gap
  std::size_t end_unit = 0;
  bool forced_separator = false;  // the blank line after it is kept whatever stands around it
};

// A prompt cut into parts and units, with the tokens of the whole text.
struct Layout {
  std::string text;
  Encoding encoding;
  std::vector<LayoutPart> parts;
  std::vector<Unit> units;
  std::vector<RatedSpan> spans;  // as in PromptText
  std::vector<float> wanted;     // the same
  std::vector<bool> required;    // the same
  bool apart = false;            // the same

  int64_t tokens() const { return static_cast<int64_t>(encoding.ids.size()); }

  // The blank line between part `part` and the next; empty after the last.
  ByteRange separator(std::size_t part) const;
};

// Nothing is forced yet.
Layout lay_out(const PromptText& prompt, const Tokenizer& tokenizer);
Layout lay_out(const Prompt& prompt, const Tokenizer& tokenizer);

// Forces every unit of the parts of `kind`.
void force_parts(Layout& layout, PartKind kind);

// Forces every unit and blank line that overlaps one of `ranges` (in order, bytes of the text).
void force_ranges(Layout& layout, const std::vector<ByteRange>& ranges);

// The units that are forced.
std::vector<bool> forced_units(const Layout& layout);

// Bytes of the text that remain when `kept` units do (one flag a unit): the units and, between
// parts of which something is left, the blank line after the earlier one, unless parts are apart.
// In order, merged where adjacent within a part or across a blank line.
std::vector<ByteRange> kept_ranges(const Layout& layout, const std::vector<bool>& kept);

std::string extract(const std::string& text, const std::vector<ByteRange>& ranges);

// Tokens of `tokenizer` that remain, by encoding the rest anew: dropping text makes and breaks
// merges. Parts that are apart are encoded one by one.
int64_t count_kept_tokens(const Layout& layout, const std::vector<bool>& kept,
                          const Tokenizer& tokenizer);

}  // namespace lingua

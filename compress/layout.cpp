#include "compress/layout.h"

#include <algorithm>

#include "support/error.h"

namespace lingua {
namespace {

// Tokens after which a unit ends at the next character, though it is no token's end: where tokens
// begin and end within characters all along, a whole text would be one unit.
constexpr std::size_t kLongestRun = 4;

bool is_character_border(const std::string& text, std::size_t at) {
  return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
}

// Ranges in order that are asked about ever later places.
class Cursor {
 public:
  explicit Cursor(const std::vector<ByteRange>& ranges) : ranges_(ranges) {}

  // Whether a cut at `at` divides one of them.
  bool cuts(std::size_t at) {
    while (next_ < ranges_.size() && ranges_[next_].end <= at) ++next_;
    return next_ < ranges_.size() && ranges_[next_].begin < at;
  }

  // Whether one of them overlaps `bytes`.
  bool meets(const ByteRange& bytes) {
    while (next_ < ranges_.size() && ranges_[next_].end <= bytes.begin) ++next_;
    return next_ < ranges_.size() && ranges_[next_].begin < bytes.end && bytes.begin < bytes.end;
  }

 private:
  const std::vector<ByteRange>& ranges_;
  std::size_t next_ = 0;
};

// The last border of characters in (begin, end] of the text; `begin` where there is none.
std::size_t last_character_border(const std::string& text, std::size_t begin, std::size_t end) {
  while (end > begin && !is_character_border(text, end)) --end;
  return end;
}

// Cuts `part` into units. `token` is the first token that may overlap it, and moves on to the last
// one that does, which may overlap the next part too.
void cut_part(Layout& layout, std::size_t part, Cursor& whole, std::size_t& token) {
  const ByteRange bytes = layout.parts[part].bytes;
  const auto& ranges = layout.encoding.ranges;
  while (token < ranges.size() && ranges[token].end <= bytes.begin) ++token;
  Unit unit{{bytes.begin, bytes.begin}, token, token, part};
  for (; unit.bytes.begin < bytes.end && token < ranges.size(); ++token) {
    const std::size_t end = std::min(ranges[token].end, bytes.end);
    if (end > unit.bytes.begin && is_character_border(layout.text, end) && !whole.cuts(end)) {
      unit.bytes.end = end;
      unit.end_token = token + 1;
      layout.units.push_back(unit);
      unit = {{end, end}, token + 1, token + 1, part};
    } else if (token + 1 - unit.first_token >= kLongestRun) {
      const std::size_t border = last_character_border(layout.text, unit.bytes.begin, end);
      if (border > unit.bytes.begin && border < end && !whole.cuts(border)) {
        unit.bytes.end = border;
        unit.end_token = token + 1;
        layout.units.push_back(unit);
        unit = {{border, border}, token, token, part};  // which the next one has the rest of
      }
    }
    if (ranges[token].end > bytes.end) break;
  }
  if (unit.bytes.begin < bytes.end) {
    throw Error(ErrorKind::kInternal, "the tokenizer's ranges do not cover the text");
  }
}

void append_range(std::vector<ByteRange>& ranges, const ByteRange& next) {
  if (!ranges.empty() && ranges.back().end == next.begin) {
    ranges.back().end = next.end;
  } else {
    ranges.push_back(next);
  }
}

}  // namespace

ByteRange Layout::separator(std::size_t part) const {
  const std::size_t begin = parts[part].bytes.end;
  return {begin, part + 1 < parts.size() ? parts[part + 1].bytes.begin : begin};
}

Layout lay_out(const PromptText& prompt, const Tokenizer& tokenizer) {
  Layout layout;
  layout.text = prompt.text;
  layout.encoding = tokenizer.encode(layout.text);
  layout.spans = prompt.spans;
  layout.wanted = prompt.wanted;
  layout.required = prompt.required;
  layout.apart = prompt.apart;
  Cursor whole(prompt.whole);
  std::size_t token = 0;
  for (const auto& part : prompt.parts) {
    layout.parts.push_back({part.kind, part.bytes, layout.units.size(), 0});
    cut_part(layout, layout.parts.size() - 1, whole, token);
    layout.parts.back().end_unit = layout.units.size();
  }
  return layout;
}

Layout lay_out(const Prompt& prompt, const Tokenizer& tokenizer) {
  return lay_out(whole_text(prompt), tokenizer);
}

void force_parts(Layout& layout, PartKind kind) {
  for (auto& unit : layout.units) {
    if (layout.parts[unit.part].kind == kind) unit.forced = true;
  }
}

void force_ranges(Layout& layout, const std::vector<ByteRange>& ranges) {
  Cursor of_units(ranges), of_separators(ranges);
  for (auto& unit : layout.units) {
    if (of_units.meets(unit.bytes)) unit.forced = true;
  }
  for (std::size_t part = 0; part < layout.parts.size(); ++part) {
    if (of_separators.meets(layout.separator(part))) layout.parts[part].forced_separator = true;
  }
}

std::vector<bool> forced_units(const Layout& layout) {
  std::vector<bool> forced;
  for (const auto& unit : layout.units) forced.push_back(unit.forced);
  return forced;
}

std::vector<ByteRange> kept_ranges(const Layout& layout, const std::vector<bool>& kept) {
  std::size_t last_part = 0;  // the last one of which something is left
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (kept[i]) last_part = layout.units[i].part;
  }
  std::vector<ByteRange> ranges;
  for (std::size_t p = 0; p < layout.parts.size(); ++p) {
    const LayoutPart& part = layout.parts[p];
    bool any = false;
    for (std::size_t i = part.first_unit; i < part.end_unit; ++i) {
      if (!kept[i]) continue;
      any = true;
      append_range(ranges, layout.units[i].bytes);
    }
    if (layout.apart) continue;
    if (part.forced_separator || (any && p < last_part)) append_range(ranges, layout.separator(p));
  }
  return ranges;
}

std::string extract(const std::string& text, const std::vector<ByteRange>& ranges) {
  std::string result;
  for (const auto& range : ranges) result.append(text, range.begin, range.end - range.begin);
  return result;
}

int64_t count_kept_tokens(const Layout& layout, const std::vector<bool>& kept,
                          const Tokenizer& tokenizer) {
  const auto count = [&](const std::string& text) {
    return static_cast<int64_t>(tokenizer.encode_ids(text).size());
  };
  if (!layout.apart) return count(extract(layout.text, kept_ranges(layout, kept)));
  int64_t sum = 0;
  for (const auto& part : layout.parts) {
    std::string text;
    for (std::size_t i = part.first_unit; i < part.end_unit; ++i) {
      const ByteRange& bytes = layout.units[i].bytes;
      if (kept[i]) text.append(layout.text, bytes.begin, bytes.end - bytes.begin);
    }
    sum += count(text);
  }
  return sum;
}

}  // namespace lingua

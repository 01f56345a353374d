#include "compress/layout.h"

#include <algorithm>

#include "support/error.h"

namespace lingua {
namespace {

bool is_character_border(const std::string& text, std::size_t at) {
  return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
}

// Cuts `part` into units. `token` is the first token that may overlap it, and moves on to the last
// one that does, which may overlap the next part too.
void cut_part(Layout& layout, std::size_t part, std::size_t& token) {
  const ByteRange bytes = layout.parts[part].bytes;
  const auto& ranges = layout.encoding.ranges;
  while (token < ranges.size() && ranges[token].end <= bytes.begin) ++token;
  Unit unit{{bytes.begin, bytes.begin}, token, token, part};
  for (; unit.bytes.begin < bytes.end && token < ranges.size(); ++token) {
    const std::size_t end = std::min(ranges[token].end, bytes.end);
    if (end > unit.bytes.begin && is_character_border(layout.text, end)) {
      unit.bytes.end = end;
      unit.end_token = token + 1;
      layout.units.push_back(unit);
      unit = {{end, end}, token + 1, token + 1, part};
    }
    if (ranges[token].end > bytes.end) break;
  }
  if (unit.bytes.begin < bytes.end) {
    throw Error(ErrorKind::kInternal, "the tokenizer's ranges do not cover the text");
  }
}

bool overlap(const ByteRange& a, const ByteRange& b) { return a.begin < b.end && b.begin < a.end; }

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

Layout lay_out(const Prompt& prompt, const Tokenizer& tokenizer) {
  PromptText joined = whole_text(prompt);
  Layout layout;
  layout.text = std::move(joined.text);
  layout.encoding = tokenizer.encode(layout.text);
  std::size_t token = 0;
  for (const auto& part : joined.parts) {
    layout.parts.push_back({part.kind, part.bytes, layout.units.size(), 0});
    cut_part(layout, layout.parts.size() - 1, token);
    layout.parts.back().end_unit = layout.units.size();
  }
  return layout;
}

void force_parts(Layout& layout, PartKind kind) {
  for (auto& unit : layout.units) {
    if (layout.parts[unit.part].kind == kind) unit.forced = true;
  }
}

void force_ranges(Layout& layout, const std::vector<ByteRange>& ranges) {
  auto range = ranges.begin();
  for (auto& unit : layout.units) {
    while (range != ranges.end() && range->end <= unit.bytes.begin) ++range;
    if (range == ranges.end()) break;
    if (overlap(unit.bytes, *range)) unit.forced = true;
  }
  for (std::size_t part = 0; part < layout.parts.size(); ++part) {
    const ByteRange separator = layout.separator(part);
    if (std::any_of(ranges.begin(), ranges.end(),
                    [&](const ByteRange& one) { return overlap(one, separator); })) {
      layout.parts[part].forced_separator = true;
    }
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
  const std::string text = extract(layout.text, kept_ranges(layout, kept));
  return static_cast<int64_t>(tokenizer.encode_ids(text).size());
}

}  // namespace lingua

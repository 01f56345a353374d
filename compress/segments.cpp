#include "compress/segments.h"

namespace lingua {
namespace {

class Cutter {
 public:
  Cutter(const Layout& layout, const std::vector<bool>& candidates, std::size_t length,
         bool within_parts)
      : layout_(layout), candidates_(candidates), length_(length), within_parts_(within_parts) {}

  void add_part(std::size_t part, bool keeps_separator) {
    const LayoutPart& one = layout_.parts[part];
    begins_ = within_parts_;
    separator_ = keeps_separator ? layout_.separator(part) : ByteRange{};
    for (std::size_t unit = one.first_unit; unit < one.end_unit; ++unit) {
      if (!candidates_[unit]) continue;
      open(one.kind);
      segments_.back().units.push_back(unit);
      for (std::size_t i = layout_.units[unit].first_token; i < layout_.units[unit].end_token;
           ++i) {
        add_token(i, unit);
      }
    }
    const auto& ranges = layout_.encoding.ranges;
    for (std::size_t i = next_token_; i < ranges.size() && ranges[i].begin < separator_.end; ++i) {
      if (reaches_separator(i)) add_token(i, SegmentToken::kNoUnit);
    }
  }

  std::vector<Segment> take() { return std::move(segments_); }

 private:
  void open(PartKind kind) {
    const bool continues = !begins_ && !segments_.empty() && segments_.back().kind == kind &&
                           segments_.back().tokens.size() < length_;
    begins_ = false;
    if (!continues) segments_.push_back({kind, {}, {}});
  }

  // A token that two units share goes with the first.
  void add_token(std::size_t index, std::size_t unit) {
    if (index < next_token_) return;
    next_token_ = index + 1;
    segments_.back().tokens.push_back({index, unit, reaches_separator(index)});
  }

  bool reaches_separator(std::size_t index) const {
    const ByteRange& range = layout_.encoding.ranges[index];
    return range.begin < separator_.end && separator_.begin < range.end;
  }

  const Layout& layout_;
  const std::vector<bool>& candidates_;
  std::size_t length_;
  bool within_parts_;
  bool begins_ = false;  // the next unit begins a segment
  std::vector<Segment> segments_;
  ByteRange separator_;         // that stays after the present part; empty if none does
  std::size_t next_token_ = 0;  // all before are taken or left out
};

bool has_candidate(const LayoutPart& part, const std::vector<bool>& candidates) {
  for (std::size_t unit = part.first_unit; unit < part.end_unit; ++unit) {
    if (candidates[unit]) return true;
  }
  return false;
}

}  // namespace

std::vector<Segment> make_segments(const Layout& layout, const std::vector<bool>& candidates,
                                   std::size_t length, bool within_parts) {
  Cutter cutter(layout, candidates, length, within_parts);
  std::vector<std::size_t> parts;
  for (std::size_t part = 0; part < layout.parts.size(); ++part) {
    if (has_candidate(layout.parts[part], candidates)) parts.push_back(part);
  }
  for (const std::size_t part : parts) cutter.add_part(part, part != parts.back());
  return cutter.take();
}

}  // namespace lingua

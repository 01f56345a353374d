#include "compress/segments.h"

#include <algorithm>

namespace lingua {
namespace {

class Cutter {
 public:
  Cutter(const Layout& layout, std::size_t length) : layout_(layout), length_(length) {}

  void add_part(std::size_t part, bool keeps_separator) {
    const LayoutPart& one = layout_.parts[part];
    separator_ = keeps_separator ? layout_.separator(part) : ByteRange{};
    for (std::size_t unit = one.first_unit; unit < one.end_unit; ++unit) {
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
    const bool continues = !segments_.empty() && segments_.back().kind == kind &&
                           segments_.back().tokens.size() < length_;
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
  std::size_t length_;
  std::vector<Segment> segments_;
  ByteRange separator_;         // that stays after the present part; empty if none does
  std::size_t next_token_ = 0;  // all before are taken or left out
};

}  // namespace

std::vector<Segment> make_segments(const Layout& layout, const std::vector<bool>& kept_parts,
                                   std::size_t length) {
  Cutter cutter(layout, length);
  const auto last = std::find(kept_parts.rbegin(), kept_parts.rend(), true);
  for (std::size_t part = 0; part < kept_parts.size(); ++part) {
    if (!kept_parts[part]) continue;
    const bool more_follow = part + 1 < static_cast<std::size_t>(kept_parts.rend() - last);
    cutter.add_part(part, more_follow);
  }
  return cutter.take();
}

}  // namespace lingua

#pragma once

#include <cstddef>
#include <limits>
#include <vector>

#include "compress/layout.h"

namespace lingua {

// A token on its way through ITPC.
struct SegmentToken {
  static constexpr std::size_t kNoUnit = std::numeric_limits<std::size_t>::max();

  std::size_t index = 0;  // in the encoding
  std::size_t unit = 0;   // that it falls with; kNoUnit for one of a blank line
  bool fixed = false;     // reaches into a blank line that stays: kept in any case
};

// Consecutive tokens of the kept text that are judged by one threshold (section 4.2).
struct Segment {
  PartKind kind = PartKind::kContext;
  std::vector<SegmentToken> tokens;
  std::vector<std::size_t> units;  // that begin here, in order
};

// Cuts the units with `candidates` set, in order and with the blank lines between their parts, into
// segments of `length` tokens of one kind of part. A unit is never divided, so a segment may be
// longer by a unit and a blank line; the last of a kind may be shorter. With `within_parts` each
// part begins a segment of its own.
std::vector<Segment> make_segments(const Layout& layout, const std::vector<bool>& candidates,
                                   std::size_t length, bool within_parts = false);

}  // namespace lingua

#pragma once

#include <string>
#include <vector>

#include "model/tokenizer.h"

namespace lingua {

// From the answer to a compressed prompt back to the words of the original: a run of words that
// the answer has in common with the compressed prompt becomes the span of the original that it was
// cut out of.

// A run that was replaced. Bytes of the three texts.
struct RecoveredSpan {
  ByteRange response;
  ByteRange compressed;
  ByteRange original;
};

struct Recovery {
  std::string text;                  // the response with the spans of the original in it
  std::vector<RecoveredSpan> spans;  // in the order of the response
};

// Words that a gap within a run may have lost before it counts as two runs.
inline constexpr std::size_t kLongestGap = 10;

// `kept` are the ranges of `original` that make up the compressed prompt, as a result has them.
// Runs are as long as they can be from the left on, begin and end at borders of words, reach over
// no blank line and over no gap of more than kLongestGap words. Of several places that a run could
// come from, the shortest span of the original counts, then the first. Throws Error(kData) when
// `kept` does not lie in the original.
Recovery recover(const std::string& response, const std::string& original,
                 const std::vector<ByteRange>& kept);

// Ranges of `original` that rebuild `compressed`, for a result of which only the texts are left:
// the longest pieces from the left on that leave room for the rest. Throws Error(kData) when
// `compressed` was not made by leaving out bytes of `original`.
std::vector<ByteRange> align_compressed(const std::string& compressed, const std::string& original);

}  // namespace lingua

#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/tokenizer.h"

struct pcre2_real_code_8;

namespace lingua {

// A compiled pattern (PCRE2 with Unicode properties) that cuts text. Immutable and thread-safe.
class Regex {
 public:
  enum class Kind { kPattern, kLiteral };

  // `\s` and `\S` mean Unicode's White_Space, as in the regular expressions of Hugging Face's
  // tokenizers. Throws Error(kModel) beginning with `where` for a pattern that does not compile.
  Regex(std::string_view pattern, Kind kind, const std::string& where);

  // Cuts each run of `text` on its own (no look-around sees past a run) and appends to `pieces`, in
  // order and without gap, the matches and what lies between them. Runs must be valid UTF-8 and not
  // empty. Throws Error(kModel) when the pattern backtracks beyond all bounds.
  void split(std::string_view text, std::span<const ByteRange> runs,
             std::vector<ByteRange>& pieces) const;

 private:
  std::shared_ptr<const pcre2_real_code_8> code_;
  std::string where_;
};

}  // namespace lingua

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/tokenizer.h"

namespace lingua {

// A regular expression of --keep (PCRE2 with UTF-8 and Unicode classes).
class Pattern {
 public:
  // Throws Error(kUsage) with PCRE2's reason and offset when `pattern` does not compile.
  explicit Pattern(const std::string& pattern);

  // All matches that are not empty, in order, without overlap. `text` is valid UTF-8. Throws
  // Error(kUsage) when the pattern needs absurdly many steps.
  std::vector<ByteRange> find_all(const std::string& text) const;

 private:
  std::string source_;
  std::shared_ptr<void> code_;
};

// The ranges in order, joined where they overlap or touch.
std::vector<ByteRange> merged(std::vector<ByteRange> ranges);

// Matches of all patterns together, in order, merged where they overlap.
std::vector<ByteRange> find_all(const std::vector<std::string>& patterns, const std::string& text);

}  // namespace lingua

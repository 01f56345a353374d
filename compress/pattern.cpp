#include "compress/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>

#include "support/error.h"

namespace lingua {
namespace {

std::string reason(int code) {
  PCRE2_UCHAR text[256];
  if (pcre2_get_error_message(code, text, sizeof text) < 0) return "error " + std::to_string(code);
  return reinterpret_cast<const char*>(text);
}

PCRE2_SPTR bytes(const std::string& text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

}  // namespace

Pattern::Pattern(const std::string& pattern) : source_(pattern) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  code_ = {pcre2_compile(bytes(pattern), pattern.size(),
                         PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &error, &offset, nullptr),
           [](void* code) { pcre2_code_free(static_cast<pcre2_code*>(code)); }};
  if (code_ == nullptr) {
    throw Error(
        ErrorKind::kUsage,
        "--keep '" + pattern + "': " + reason(error) + " at offset " + std::to_string(offset),
        "patterns are Perl-compatible regular expressions");
  }
  pcre2_jit_compile(static_cast<pcre2_code*>(code_.get()), PCRE2_JIT_COMPLETE);
}

std::vector<ByteRange> Pattern::find_all(const std::string& text) const {
  const auto* code = static_cast<const pcre2_code*>(code_.get());
  const std::unique_ptr<pcre2_match_data, void (*)(pcre2_match_data*)> match(
      pcre2_match_data_create_from_pattern(code, nullptr), pcre2_match_data_free);
  std::vector<ByteRange> found;
  for (std::size_t at = 0; at < text.size();) {
    const auto run = [&](uint32_t flags) {
      return pcre2_match(code, bytes(text), text.size(), at,
                         PCRE2_NOTEMPTY | PCRE2_NO_UTF_CHECK | flags, match.get(), nullptr);
    };
    int result = run(0);
    // The compiled code's stack is small; the interpreter takes its memory from the heap.
    if (result == PCRE2_ERROR_JIT_STACKLIMIT) result = run(PCRE2_NO_JIT);
    if (result == PCRE2_ERROR_NOMATCH) break;
    if (result < 0) {
      throw Error(ErrorKind::kUsage, "--keep '" + source_ + "': " + reason(result),
                  "make the pattern simpler");
    }
    const PCRE2_SIZE* range = pcre2_get_ovector_pointer(match.get());
    const std::size_t begin = std::max<std::size_t>(range[0], at);  // \K may start it earlier
    if (range[1] > begin) found.push_back({begin, range[1]});
    at = std::max<std::size_t>(range[1], at + 1);
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  }
  return found;
}

std::vector<ByteRange> merged(std::vector<ByteRange> ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const ByteRange& a, const ByteRange& b) { return a.begin < b.begin; });
  std::vector<ByteRange> result;
  for (const auto& range : ranges) {
    if (!result.empty() && range.begin <= result.back().end) {
      result.back().end = std::max(result.back().end, range.end);
    } else {
      result.push_back(range);
    }
  }
  return result;
}

std::vector<ByteRange> find_all(const std::vector<std::string>& patterns, const std::string& text) {
  std::vector<ByteRange> all;
  for (const auto& pattern : patterns) {
    const auto found = Pattern(pattern).find_all(text);
    all.insert(all.end(), found.begin(), found.end());
  }
  return merged(std::move(all));
}

}  // namespace lingua

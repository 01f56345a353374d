#include "model/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>

#include "support/error.h"

namespace lingua {
namespace {

constexpr std::size_t kLongestPattern = 64 * 1024;  // bytes
constexpr uint32_t kHeapLimit = 256 * 1024;         // KiB that one match may take
constexpr const char* kHint = "see the patterns under pre_tokenizer in the tokenizer's file";

struct FreeMatchData {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
struct FreeMatchContext {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

std::string message_of(int error) {
  std::array<PCRE2_UCHAR, 256> text{};
  pcre2_get_error_message(error, text.data(), text.size());
  return reinterpret_cast<const char*>(text.data());
}

// PCRE2's own \s takes U+180E for a space, which Unicode does not.
std::string with_unicode_spaces(std::string_view pattern) {
  std::string result;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '\\' || i + 1 == pattern.size()) {
      result += pattern[i];
      continue;
    }
    const char escaped = pattern[++i];
    if (escaped == 's') {
      result += "\\p{White_Space}";
    } else if (escaped == 'S') {
      result += "\\P{White_Space}";
    } else {
      result += {'\\', escaped};
    }
  }
  return result;
}

// One pass of a pattern over runs of a text, with the scratch memory that PCRE2 needs for it.
class Pass {
 public:
  Pass(const pcre2_code* code, const std::string& where)
      : code_(code),
        where_(where),
        data_(pcre2_match_data_create(1, nullptr)),
        context_(pcre2_match_context_create(nullptr)) {
    if (!data_ || !context_) throw std::bad_alloc();
    pcre2_set_heap_limit(context_.get(), kHeapLimit);
  }

  // The first match in `run` at or after `from`, as bytes of the run; empty at its end if none.
  ByteRange find(std::string_view run, std::size_t from) const {
    constexpr uint32_t options = PCRE2_NO_UTF_CHECK | PCRE2_NOTEMPTY;
    int result = match(run, from, options);
    // The compiled code's stack is small; the interpreter takes its memory from the heap.
    if (result == PCRE2_ERROR_JIT_STACKLIMIT) result = match(run, from, options | PCRE2_NO_JIT);
    if (result == PCRE2_ERROR_NOMATCH) return {run.size(), run.size()};
    if (result < 0) {
      throw Error(ErrorKind::kModel,
                  where_ + ": the pattern cannot be matched: " + message_of(result), kHint);
    }
    const PCRE2_SIZE* bounds = pcre2_get_ovector_pointer(data_.get());
    return {bounds[0], bounds[1]};
  }

 private:
  int match(std::string_view run, std::size_t from, uint32_t options) const {
    return pcre2_match(code_, reinterpret_cast<PCRE2_SPTR>(run.data()), run.size(), from, options,
                       data_.get(), context_.get());
  }

  const pcre2_code* code_;
  const std::string& where_;
  std::unique_ptr<pcre2_match_data, FreeMatchData> data_;
  std::unique_ptr<pcre2_match_context, FreeMatchContext> context_;
};

}  // namespace

Regex::Regex(std::string_view pattern, Kind kind, const std::string& where) : where_(where) {
  if (pattern.empty() || pattern.size() > kLongestPattern) {
    throw Error(ErrorKind::kModel, where + ": a pattern of " + std::to_string(pattern.size()) +
                                       " bytes; between 1 and " + std::to_string(kLongestPattern) +
                                       " are allowed");
  }
  const bool literal = kind == Kind::kLiteral;
  const std::string source = literal ? std::string(pattern) : with_unicode_spaces(pattern);
  const uint32_t options =
      literal ? PCRE2_UTF | PCRE2_LITERAL : PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C;
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(source.data()), source.size(),
                                   options, &error, &offset, nullptr);
  if (code == nullptr) {
    throw Error(
        ErrorKind::kModel,
        where + ": the pattern \"" + std::string(pattern) + "\" is not valid: " + message_of(error),
        kHint);
  }
  code_ = {code, [](const pcre2_code* owned) { pcre2_code_free(const_cast<pcre2_code*>(owned)); }};
  // Where machine code cannot be made (a hardened kernel), matching is slower and else the same.
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
}

void Regex::split(std::string_view text, std::span<const ByteRange> runs,
                  std::vector<ByteRange>& pieces) const {
  const Pass pass(code_.get(), where_);
  for (const ByteRange& range : runs) {
    const std::string_view run = text.substr(range.begin, range.end - range.begin);
    for (std::size_t done = 0; done < run.size();) {
      const ByteRange found = pass.find(run, done);
      if (found.begin > done) pieces.push_back({range.begin + done, range.begin + found.begin});
      if (found.end > found.begin) {
        pieces.push_back({range.begin + found.begin, range.begin + found.end});
      }
      done = found.end;
    }
  }
}

}  // namespace lingua

#include "compress/recover.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>

#include "compress/words.h"
#include "support/error.h"

namespace lingua {
namespace {

std::string_view view(const std::string& text, const ByteRange& bytes) {
  return std::string_view(text).substr(bytes.begin, bytes.end - bytes.begin);
}

// The compressed prompt word by word, and where each comes from.
class Source {
 public:
  Source(const std::string& original, const std::vector<ByteRange>& kept)
      : original_(original), kept_(kept) {
    for (const auto& range : kept) {
      if (range.begin > range.end || range.end > original.size()) {
        throw Error(ErrorKind::kData, "a kept range ends at byte " + std::to_string(range.end) +
                                          ", the original has " + std::to_string(original.size()));
      }
      begins_.push_back(compressed_.size());
      compressed_ += view(original, range);
    }
    words_ = words_in(compressed_);
    for (std::size_t i = 0; i < words_.size(); ++i) {
      places_[view(compressed_, words_[i])].push_back(i);
      breaks_.push_back(i > 0 && divides(words_[i - 1], words_[i]));
    }
  }

  const ByteRange& word(std::size_t i) const { return words_[i]; }

  // Words from `first` on that are also those of `response` from `words` on.
  std::size_t common(std::size_t first, const std::string& response,
                     std::span<const ByteRange> words) const {
    std::size_t length = 0;
    while (length < words.size() && first + length < words_.size() &&
           (length == 0 || !breaks_[first + length]) &&
           view(compressed_, words_[first + length]) == view(response, words[length])) {
      ++length;
    }
    return length;
  }

  const std::vector<std::size_t>& places(std::string_view word) const {
    static const std::vector<std::size_t> kNone;
    const auto found = places_.find(word);
    return found == places_.end() ? kNone : found->second;
  }

  // Of words [first, first + length).
  ByteRange original_of(std::size_t first, std::size_t length) const {
    return {place(words_[first].begin), place(words_[first + length - 1].end - 1) + 1};
  }

 private:
  // Where byte `at` of the compressed prompt stands in the original.
  std::size_t place(std::size_t at) const {
    const auto range = static_cast<std::size_t>(
        std::upper_bound(begins_.begin(), begins_.end(), at) - begins_.begin() - 1);
    return kept_[range].begin + at - begins_[range];
  }

  // Whether too much lies between two neighbouring words for one run.
  bool divides(const ByteRange& left, const ByteRange& right) const {
    const std::size_t end = place(left.end - 1) + 1, begin = place(right.begin);
    if (begin < end) return true;  // the output is not in the order of the original
    const std::string_view between = view(original_, {end, begin});
    return between.find("\n\n") != std::string_view::npos || words_in(between).size() > kLongestGap;
  }

  const std::string& original_;
  const std::vector<ByteRange>& kept_;
  std::vector<std::size_t> begins_;  // of the kept ranges in the compressed prompt
  std::string compressed_;
  std::vector<ByteRange> words_;
  std::vector<bool> breaks_;  // no run reaches over the place before this word
  std::unordered_map<std::string_view, std::vector<std::size_t>> places_;
};

// Words of the compressed prompt.
struct Run {
  std::size_t first = 0;
  std::size_t length = 0;
};

// The longest run at the first of `words`; of equal ones that of the shortest span.
std::optional<Run> longest_run(const Source& source, const std::string& response,
                               std::span<const ByteRange> words) {
  std::optional<Run> best;
  std::size_t best_bytes = 0;
  for (const std::size_t first : source.places(view(response, words.front()))) {
    const Run run{first, source.common(first, response, words)};
    const ByteRange span = source.original_of(run.first, run.length);
    const std::size_t bytes = span.end - span.begin;
    const bool better =
        !best || run.length > best->length || (run.length == best->length && bytes < best_bytes);
    if (!better) continue;
    best = run;
    best_bytes = bytes;
  }
  return best;
}

// Bytes in which the longest piece is looked for, so that long prompts are aligned in time.
constexpr std::size_t kWindow = 1 << 15;

// For each byte of `compressed`, and its end, the last byte of `original` at which the rest of
// `compressed` can still begin.
std::vector<std::size_t> last_beginnings(const std::string& compressed,
                                         const std::string& original) {
  std::vector<std::size_t> last(compressed.size() + 1, original.size());
  std::size_t at = original.size();
  for (std::size_t i = compressed.size(); i-- > 0;) {
    while (at > 0 && original[at - 1] != compressed[i]) --at;
    if (at == 0) {
      throw Error(ErrorKind::kData, "the compressed prompt is not made of the original's bytes",
                  "give the prompt that it was made from, or the result with its \"kept\"");
    }
    last[i] = --at;
  }
  return last;
}

}  // namespace

Recovery recover(const std::string& response, const std::string& original,
                 const std::vector<ByteRange>& kept) {
  const Source source(original, kept);
  const std::vector<ByteRange> words = words_in(response);
  Recovery recovery;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < words.size();) {
    const auto run = longest_run(source, response, std::span(words).subspan(i));
    if (!run) {
      ++i;
      continue;
    }
    const ByteRange bytes{words[i].begin, words[i + run->length - 1].end};
    const ByteRange span = source.original_of(run->first, run->length);
    i += run->length;
    if (view(response, bytes) == view(original, span)) continue;
    recovery.text.append(response, copied, bytes.begin - copied);
    recovery.text += view(original, span);
    copied = bytes.end;
    const std::size_t last = run->first + run->length - 1;
    recovery.spans.push_back({bytes, {source.word(run->first).begin, source.word(last).end}, span});
  }
  recovery.text.append(response, copied);
  return recovery;
}

std::vector<ByteRange> align_compressed(const std::string& compressed,
                                        const std::string& original) {
  const std::vector<std::size_t> last = last_beginnings(compressed, original);
  std::vector<ByteRange> ranges;
  std::size_t from = 0;
  for (std::size_t i = 0; i < compressed.size();) {
    ByteRange best;
    for (std::size_t at = from; at <= last[i]; ++at) {
      if (at > from + kWindow && best.begin < best.end) break;
      std::size_t length = 0;
      while (i + length < compressed.size() && at + length < original.size() &&
             compressed[i + length] == original[at + length] &&
             at + length + 1 <= last[i + length + 1]) {
        ++length;
      }
      if (length > best.end - best.begin) best = {at, at + length};
    }
    ranges.push_back(best);
    i += best.end - best.begin;
    from = best.end;
  }
  return ranges;
}

}  // namespace lingua

#include "data/sample.h"

#include <string>

#include "support/error.h"
#include "support/interrupt.h"
#include "support/log.h"
#include "support/text.h"

namespace lingua {
namespace {

// A sample with the bytes that each of its targets stands for, until it is cut.
struct Draft {
  std::vector<TokenId> ids;
  std::vector<std::uint8_t> target;
  std::vector<std::size_t> bytes;

  void resize(std::size_t length) {
    ids.resize(length);
    target.resize(length);
    bytes.resize(length);
  }
};

void append(Draft& draft, const Segment& segment, const Tokenizer& tokenizer) {
  const Encoding encoding = tokenizer.encode(segment.text, segment.parse_special);
  for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
    draft.ids.push_back(encoding.ids[i]);
    draft.target.push_back(segment.is_target ? 1 : 0);
    // An end token counts as one byte however it is spelled, so that bits per byte of models with
    // different end tokens compare.
    const bool is_end = segment.is_target && segment.parse_special;
    const ByteRange range = encoding.ranges[i];
    draft.bytes.push_back(is_end ? (i == 0 ? 1 : 0) : range.end - range.begin);
  }
}

Draft encode(const Example& example, const Tokenizer& tokenizer, const ChatTemplate& chat,
             const Masking& masking) {
  Draft draft;
  for (const Segment& segment : render(example.messages, chat, masking)) {
    append(draft, segment, tokenizer);
  }
  // Nothing stands before the first token to predict it from.
  if (!draft.target.empty()) draft.target[0] = 0;
  return draft;
}

void trim(Draft& draft) {
  std::size_t length = draft.target.size();
  while (length > 0 && draft.target[length - 1] == 0) --length;
  draft.resize(length);
}

Sample finish(Draft draft, std::size_t index, const Example& example) {
  Sample sample;
  for (std::size_t i = 0; i < draft.ids.size(); ++i) {
    if (draft.target[i] == 0) continue;
    ++sample.target_tokens;
    sample.target_bytes += draft.bytes[i];
  }
  sample.ids = std::move(draft.ids);
  sample.target = std::move(draft.target);
  sample.example = index;
  sample.weight = example.weight;
  return sample;
}

void report(const SampleSet& set, const SampleOptions& options) {
  const auto warn = [](const char* action, std::size_t count, const std::string& what) {
    if (count > 0) log_warning(action + format_counted(count, "example") + what);
  };
  const std::string limit = format_counted(options.max_length, "token");
  warn("cut ", set.cut, " to " + limit);
  warn("left out ", set.dropped, " of more than " + limit);
  warn("left out ", set.unmarked, " without an answer to learn");
  warn("left out ", set.without_target, " without a token of an answer within " + limit);
}

// Examples of more tokens than allowed, to be refused together.
class OverlongList {
 public:
  void add(const Example& example, std::size_t tokens) {
    constexpr std::size_t kMostShown = 5;
    if (++count_ > kMostShown) return;
    shown_ += "\n  " + example.source + ':' + std::to_string(example.line) + ": " +
              format_counted(tokens, "token");
  }

  void refuse(const SampleOptions& options) const {
    if (count_ == 0) return;
    throw Error(ErrorKind::kData,
                format_counted(count_, "example") + " of more than " +
                    format_counted(options.max_length, "token") + "; the first are" + shown_,
                "raise --max-length, or choose --overlong cut or drop");
  }

 private:
  std::size_t count_ = 0;
  std::string shown_;
};

}  // namespace

void validate(const SampleOptions& options) {
  constexpr std::size_t kMost = std::size_t{1} << 20;
  if (options.max_length < 2 || options.max_length > kMost) {
    throw Error(ErrorKind::kUsage, "the longest sample is " + std::to_string(options.max_length) +
                                       " tokens; it must be 2 to " + std::to_string(kMost));
  }
}

SampleSet make_samples(std::span<const Example> examples, const Tokenizer& tokenizer,
                       const ChatTemplate& chat, const SampleOptions& options) {
  validate(options);
  SampleSet set;
  OverlongList refused;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    throw_if_interrupted();
    Draft draft = encode(examples[i], tokenizer, chat, options.masking);
    trim(draft);
    if (draft.ids.empty()) {
      ++set.unmarked;
      continue;
    }
    if (draft.ids.size() <= options.max_length) {
      set.samples.push_back(finish(std::move(draft), i, examples[i]));
      continue;
    }
    if (options.overlong == Overlong::kRefuse) refused.add(examples[i], draft.ids.size());
    if (options.overlong == Overlong::kDrop) ++set.dropped;
    if (options.overlong != Overlong::kCut) continue;
    draft.resize(options.max_length);
    trim(draft);
    if (draft.ids.empty()) {
      ++set.without_target;
      continue;
    }
    ++set.cut;
    set.samples.push_back(finish(std::move(draft), i, examples[i]));
  }
  refused.refuse(options);
  report(set, options);
  if (set.unmarked == examples.size() && !examples.empty()) {
    throw Error(ErrorKind::kData,
                "none of " + format_counted(examples.size(), "example") + " has an answer to learn",
                "mark turns with \"train\": true, or choose --turns all");
  }
  if (set.samples.empty() && !examples.empty()) {
    throw Error(ErrorKind::kData,
                "none of " + format_counted(examples.size(), "example") +
                    " has a token of an answer within " +
                    format_counted(options.max_length, "token"),
                "allow longer samples");
  }
  return set;
}

}  // namespace lingua

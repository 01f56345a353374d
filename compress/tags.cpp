#include "compress/tags.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "compress/protect.h"
#include "support/error.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr std::string_view kOpen = "<llmlingua";
constexpr std::string_view kClose = "</llmlingua>";
constexpr std::string_view kBetween = " \t\r\n,";  // attributes

// What the attributes of an opening tag say.
struct TagRule {
  std::optional<double> rate;
  bool compress = true;
};

class TagReader {
 public:
  TagReader(const std::string& text, const std::string& where) : text_(text), where_(where) {}

  TaggedText run() {
    std::size_t at = 0;
    while (true) {
      const std::size_t open = find_open(at);
      require_no_close(at, open);
      result_.text.append(text_, at, open - at);
      if (open == text_.size()) return std::move(result_);
      at = take(open);
    }
  }

 private:
  // The next opening tag; the end of the text without one. A longer name is no tag.
  std::size_t find_open(std::size_t from) const {
    for (std::size_t at = text_.find(kOpen, from); at != std::string::npos;
         at = text_.find(kOpen, at + 1)) {
      const std::size_t behind = at + kOpen.size();
      if (behind == text_.size() || text_[behind] == '>' ||
          kBetween.find(text_[behind]) != std::string_view::npos) {
        return at;
      }
    }
    return text_.size();
  }

  void require_no_close(std::size_t from, std::size_t until) const {
    const std::size_t close = text_.find(kClose, from);
    if (close < until) fail(close, "</llmlingua> closes no tag");
  }

  // Takes the tag that opens at `open` with what it encloses; returns where the text goes on.
  std::size_t take(std::size_t open) {
    const std::size_t end = text_.find('>', open);
    if (end == std::string::npos) fail(open, "<llmlingua has no >");
    const TagRule rule = rule_of(open, end);
    const std::size_t close = text_.find(kClose, end);
    if (close == std::string::npos) fail(open, "<llmlingua> is not closed");
    if (find_open(end) < close) fail(find_open(end), "<llmlingua> within another");
    const std::size_t begin = result_.text.size();
    result_.text.append(text_, end + 1, close - end - 1);
    const ByteRange bytes{begin, result_.text.size()};
    if (bytes.begin < bytes.end) {
      if (!rule.compress) {
        result_.fixed.push_back(bytes);
      } else if (rule.rate) {
        result_.spans.push_back({bytes, *rule.rate});
      }
    }
    return close + kClose.size();
  }

  TagRule rule_of(std::size_t open, std::size_t end) const {
    TagRule rule;
    std::size_t at = open + kOpen.size();
    while ((at = text_.find_first_not_of(kBetween, at)) < end) {
      const std::size_t until = std::min(text_.find_first_of(kBetween, at), end);
      const std::string attribute = text_.substr(at, until - at);
      const std::size_t sign = attribute.find('=');
      const std::string name = attribute.substr(0, sign);
      const std::string value =
          sign == std::string::npos ? "" : unquoted(attribute.substr(sign + 1));
      if (name == "rate") {
        rule.rate = rate_of(at, value);
      } else if (name == "compress") {
        rule.compress = truth_of(at, value);
      } else {
        fail(at, in_quotes(name) + " is no attribute of <llmlingua>",
             "write <llmlingua rate=0.5> or <llmlingua compress=False>");
      }
      at = until;
    }
    return rule;
  }

  static std::string unquoted(const std::string& value) {
    const bool quoted = value.size() > 1 && (value.front() == '"' || value.front() == '\'') &&
                        value.back() == value.front();
    return quoted ? value.substr(1, value.size() - 2) : value;
  }

  double rate_of(std::size_t at, const std::string& value) const {
    double rate = -1;
    const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), rate);
    const std::string_view rest(end, value.data() + value.size());
    if (failure == std::errc() && rest == "%") rate /= 100;
    const bool whole = failure == std::errc() && (rest.empty() || rest == "%");
    if (!whole || !(rate >= 0 && rate <= 1)) {
      fail(at, "rate=" + in_quotes(value) + " is no share", "write a number in [0, 1]");
    }
    return rate;
  }

  bool truth_of(std::size_t at, const std::string& value) const {
    if (value == "True" || value == "true") return true;
    if (value == "False" || value == "false") return false;
    fail(at, "compress=" + in_quotes(value) + " is neither True nor False");
  }

  [[noreturn]] void fail(std::size_t at, const std::string& message,
                         const std::string& hint = "") const {
    const auto line =
        1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    throw Error(ErrorKind::kData, where_ + ", line " + std::to_string(line) + ": " + message, hint);
  }

  const std::string& text_;
  const std::string& where_;
  TaggedText result_;
};

// Whether a tag is open behind `text` when one was `before` it.
bool is_open_behind(const std::string& text, bool before) {
  const std::size_t open = text.rfind(kOpen), close = text.rfind(kClose);
  if (open == std::string::npos) return before && close == std::string::npos;
  return close == std::string::npos || close < open;
}

// The rated and fixed ranges of a part that begins at byte `begin` of the whole.
void append(PromptText& whole, const TaggedText& part, std::size_t begin) {
  const auto moved = [begin](const ByteRange& bytes) {
    return ByteRange{bytes.begin + begin, bytes.end + begin};
  };
  for (const auto& span : part.spans) whole.spans.push_back({moved(span.bytes), span.rate});
  for (const auto& bytes : part.fixed) whole.fixed.push_back(moved(bytes));
}

}  // namespace

TaggedText without_tags(const std::string& text, const std::string& where) {
  return TagReader(text, where).run();
}

PromptText text_of_tagged(const Prompt& prompt) {
  Prompt bare = prompt;
  std::vector<TaggedText> texts;  // of the components that are not empty
  const auto strip = [&](std::string& component, const std::string& name) {
    TaggedText tagged = without_tags(component, name);
    component = tagged.text;
    tagged.fixed = with_lead(tagged.text, std::move(tagged.fixed));
    if (!component.empty()) texts.push_back(std::move(tagged));
  };
  strip(bare.instruction, "the instruction");
  for (std::size_t i = 0; i < bare.context.size(); ++i) {
    strip(bare.context[i], "context[" + std::to_string(i) + "]");
  }
  strip(bare.question, "the question");
  PromptText whole = whole_text(bare);
  for (std::size_t i = 0; i < texts.size(); ++i)
    append(whole, texts[i], whole.parts[i].bytes.begin);
  return whole;
}

std::vector<std::string> join_within_tags(const std::vector<std::string>& contexts) {
  std::vector<std::string> joined;
  bool open = false;
  for (const auto& context : contexts) {
    if (open) {
      joined.back() += "\n\n" + context;
    } else {
      joined.push_back(context);
    }
    open = is_open_behind(context, open);
  }
  return joined;
}

}  // namespace lingua

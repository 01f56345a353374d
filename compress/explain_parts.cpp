#include "compress/explain_parts.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>

#include "support/text.h"
#include "support/utf8.h"

namespace lingua {
namespace {

std::string number(float value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", static_cast<double>(value));
  return text;
}

class Counter {
 public:
  void add(const TokenFate& token, ShownPart& part) {
    ++part.tokens;
    if (is_kept(token.fate)) ++part.kept_tokens;
    if (std::isfinite(token.loss)) {
      sum_ += token.loss;
      part.mean_loss = static_cast<float>(sum_ / static_cast<double>(++judged_));
    }
    if (std::isfinite(token.threshold)) {
      part.least_threshold =
          std::min(part.least_threshold.value_or(token.threshold), token.threshold);
      part.most_threshold =
          std::max(part.most_threshold.value_or(token.threshold), token.threshold);
    }
  }

 private:
  double sum_ = 0;
  int64_t judged_ = 0;
};

// Puts tokens together until they end where a character does.
class Pieces {
 public:
  Pieces(const std::string& original, ShownPart& part) : original_(original), part_(part) {}

  void add(const TokenFate& token) {
    if (tokens_ == 0) bytes_.begin = token.bytes.begin;
    bytes_.end = token.bytes.end;
    ++tokens_;
    if (std::isfinite(token.loss)) {
      sum_ += token.loss;
      ++judged_;
    }
    if (bytes_.begin == bytes_.end || !is_char_boundary(original_, bytes_.end)) return;
    const float loss = judged_ == 0 ? kNotScored : static_cast<float>(sum_ / judged_);
    part_.pieces.push_back(
        {printable(original_.substr(bytes_.begin, bytes_.end - bytes_.begin), true), loss,
         token.score, token.threshold, token.fate});
    tokens_ = judged_ = 0;
    sum_ = 0;
  }

 private:
  const std::string& original_;
  ShownPart& part_;
  ByteRange bytes_;
  int tokens_ = 0;
  int judged_ = 0;
  double sum_ = 0;
};

// "context 2 of 5", or "context" for the only one.
std::string title_of(const CompressResult& result, std::size_t part) {
  const auto of_kind = [&](const PromptPart& one) { return one.kind == result.parts[part].kind; };
  const auto begin = result.parts.begin();
  const auto all = std::count_if(begin, result.parts.end(), of_kind);
  const auto until = std::count_if(begin, begin + static_cast<std::ptrdiff_t>(part) + 1, of_kind);
  const std::string name = kind_name(result.parts[part].kind);
  return all == 1 ? name : name + " " + std::to_string(until) + " of " + std::to_string(all);
}

}  // namespace

std::string ShownPart::summary() const {
  std::string text = format_counted(static_cast<std::size_t>(tokens), "token") + ", ";
  if (kept_tokens == tokens) {
    text += "all stay";
  } else if (kept_tokens == 0) {
    text += "none stays";
  } else {
    text += format_count(kept_tokens) + (kept_tokens == 1 ? " stays" : " stay");
  }
  if (mean_loss) text += "; mean loss " + number(*mean_loss) + " nats";
  if (least_threshold) {
    const std::string least = number(*least_threshold), most = number(*most_threshold);
    text += least == most ? "; threshold " + least : "; thresholds " + least + " to " + most;
  }
  return text;
}

std::vector<ShownPart> shown_parts(const CompressResult& result) {
  std::vector<ShownPart> parts;
  std::size_t token = 0;
  for (std::size_t i = 0; i < result.parts.size(); ++i) {
    ShownPart part;
    part.title = title_of(result, i);
    Counter counter;
    Pieces pieces(result.original, part);
    for (; token < result.tokens.size() && result.tokens[token].part == i; ++token) {
      const TokenFate& one = result.tokens[token];
      if (one.bytes.begin >= result.parts[i].bytes.end) continue;  // the blank line
      counter.add(one, part);
      pieces.add(one);
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

std::size_t surprise_level(float loss) {
  return static_cast<std::size_t>(
      std::upper_bound(std::begin(kSurpriseBounds), std::end(kSurpriseBounds), loss) -
      std::begin(kSurpriseBounds));
}

std::string surprise_name(std::size_t level) {
  const bool last = level >= std::size(kSurpriseBounds);
  const float bound = kSurpriseBounds[last ? std::size(kSurpriseBounds) - 1 : level];
  return (last ? ">=" : "<") + std::to_string(static_cast<int>(bound));
}

}  // namespace lingua

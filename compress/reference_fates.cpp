#include "compress/reference_fates.h"

#include <algorithm>
#include <cmath>

namespace lingua {
namespace {

// A judgement and the byte of the prompt's text from which on it holds.
struct Place {
  std::size_t begin = 0;
  std::size_t end = 0;
  Judgement judgement;
};

// The place of the first context among the parts.
std::size_t first_context(const Layout& layout) {
  return layout.parts.front().kind == PartKind::kInstruction ? 1 : 0;
}

std::vector<Place> places(const Layout& layout, const JoinedContexts& joined,
                          const std::vector<JudgedToken>& judged) {
  std::vector<Place> result;
  for (const auto& token : judged) {
    const auto after =
        std::upper_bound(joined.begins.begin(), joined.begins.end(), token.bytes.begin);
    const auto piece = static_cast<std::size_t>(after - joined.begins.begin()) - 1;
    const ByteRange part = layout.parts[first_context(layout) + joined.indices[piece]].bytes;
    const std::size_t begin = part.begin + token.bytes.begin - joined.begins[piece];
    const std::size_t end = begin + token.bytes.end - token.bytes.begin;
    if (begin < part.end) result.push_back({begin, end, token.judgement});
  }
  std::sort(result.begin(), result.end(),
            [](const Place& a, const Place& b) { return a.begin < b.begin; });
  return result;
}

Fate fate_of(const TokenFate& token, PartKind kind, bool chosen, bool kept) {
  if (!kept) return kind == PartKind::kContext && !chosen ? Fate::kDroppedWhole : Fate::kDropped;
  const bool fails = token.score <= token.threshold;  // false where there is none
  return kind != PartKind::kContext || fails ? Fate::kForced : Fate::kKept;
}

class Listing {
 public:
  Listing(const Layout& layout, const JoinedContexts& joined,
          const std::vector<JudgedToken>& judged, std::vector<ByteRange> kept)
      : layout_(layout),
        kept_(std::move(kept)),
        chosen_(layout.parts.size(), false),
        places_(places(layout, joined, judged)) {
    std::sort(kept_.begin(), kept_.end(),
              [](const ByteRange& a, const ByteRange& b) { return a.begin < b.begin; });
    for (const std::size_t index : joined.indices) chosen_[first_context(layout) + index] = true;
  }

  std::vector<TokenFate> run() {
    const std::vector<bool> all(layout_.units.size(), true);
    const ByteRange whole = {0, layout_.text.size()};
    for (TokenFate token : token_fates(layout_, Ranking(all.size()), all, {whole})) {
      judge(token);
      split(token);
    }
    return std::move(tokens_);
  }

 private:
  void judge(TokenFate& token) {
    while (place_ < places_.size() && places_[place_].end <= token.bytes.begin) ++place_;
    if (place_ == places_.size() || places_[place_].begin > token.bytes.begin) return;
    const Judgement& found = places_[place_].judgement;
    token.loss = found.loss;
    token.score = found.score;
    token.threshold = found.threshold;
  }

  // Appends the stretches of the token that stay and go.
  void split(TokenFate token) {
    const std::size_t end = token.bytes.end;
    const LayoutPart& part = layout_.parts[token.part];
    do {
      while (range_ < kept_.size() && kept_[range_].end <= token.bytes.begin) ++range_;
      const bool more = range_ < kept_.size();
      const bool stays = more && kept_[range_].begin <= token.bytes.begin;
      token.bytes.end = std::min(end, !more   ? end
                                      : stays ? kept_[range_].end
                                              : kept_[range_].begin);
      token.fate = fate_of(token, part.kind, chosen_[token.part], stays);
      tokens_.push_back(token);
      token.bytes.begin = token.bytes.end;
    } while (token.bytes.begin < end);
  }

  const Layout& layout_;
  std::vector<ByteRange> kept_;  // in order
  std::vector<bool> chosen_;     // one flag a part
  std::vector<Place> places_;    // in order
  std::vector<TokenFate> tokens_;
  std::size_t range_ = 0;  // the first that may still matter
  std::size_t place_ = 0;  // the same
};

}  // namespace

std::vector<TokenFate> reference_fates(const Layout& layout, const JoinedContexts& joined,
                                       const std::vector<JudgedToken>& judged,
                                       std::vector<ByteRange> kept) {
  return Listing(layout, joined, judged, std::move(kept)).run();
}

}  // namespace lingua

#include "eval/shorten.h"

#include <algorithm>
#include <cmath>
#include <list>
#include <memory>

#include "compress/fit.h"
#include "compress/layout.h"
#include "compress/words.h"
#include "eval/fidelity_prompt.h"

namespace lingua {
namespace {

// What a model was asked about and what it said.
struct Answered {
  std::vector<TokenId> history;
  std::vector<TokenId> next;
  std::vector<float> losses;
};

bool asks(const Answered& one, std::span<const TokenId> history, std::span<const TokenId> next) {
  return std::equal(one.history.begin(), one.history.end(), history.begin(), history.end()) &&
         std::equal(one.next.begin(), one.next.end(), next.begin(), next.end());
}

int64_t count_tokens(const std::string& text, const Tokenizer& tokenizer) {
  return static_cast<int64_t>(tokenizer.encode_ids(text).size());
}

}  // namespace

int64_t PromptTokens::target(double rate) const {
  const auto context = static_cast<double>(whole - fixed);
  return std::min(whole, fixed + std::max<int64_t>(1, std::llround(rate * context)));
}

PromptTokens prompt_tokens(const Prompt& prompt, const Tokenizer& tokenizer) {
  return {count_tokens(whole_text(prompt).text, tokenizer),
          count_tokens(text_without_context(prompt), tokenizer)};
}

Shortened shorten_by(const Prompt& prompt, int64_t target, UnitKind units,
                     const Tokenizer& tokenizer, const Ranker& ranker) {
  Layout pieces = lay_out(prompt, tokenizer);
  force_parts(pieces, PartKind::kInstruction);
  force_parts(pieces, PartKind::kQuestion);
  std::vector<bool> kept;
  if (units == UnitKind::kWord) {
    const Layout words = join_words(pieces);
    kept = fit_coarse_first({words, pieces}, ranker(words), target, tokenizer);
  } else {
    kept = fit_to_budget(pieces, ranker(pieces), target, tokenizer);
  }
  return {extract(pieces.text, kept_ranges(pieces, kept)),
          count_kept_tokens(pieces, kept, tokenizer)};
}

LanguageModel remembering_model(LanguageModel model, std::size_t texts) {
  const auto known = std::make_shared<std::list<Answered>>();
  return {model.context_tokens,
          [model, known, texts](std::span<const TokenId> history, std::span<const TokenId> next) {
            const auto found = std::find_if(known->begin(), known->end(), [&](const Answered& one) {
              return asks(one, history, next);
            });
            if (found != known->end()) return found->losses;
            known->push_front({{history.begin(), history.end()},
                               {next.begin(), next.end()},
                               model.losses(history, next)});
            if (known->size() > texts) known->pop_back();
            return known->front().losses;
          },
          model.embed, model.draft, model.window_tokens};
}

}  // namespace lingua

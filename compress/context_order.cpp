#include "compress/context_order.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "compress/bm25.h"
#include "compress/least_first.h"
#include "compress/words.h"
#include "support/error.h"

namespace lingua {
namespace {

// Behind the question: it makes the model look for the answer in the context.
constexpr const char* kRestriction =
    " We can get the answer to this question in the given documents.";

std::string text_of(const PromptText& prompt, const PromptPart& part) {
  return prompt.text.substr(part.bytes.begin, part.bytes.end - part.bytes.begin);
}

// Indices of the parts that are contexts.
std::vector<std::size_t> context_parts(const PromptText& prompt) {
  std::vector<std::size_t> parts;
  for (std::size_t i = 0; i < prompt.parts.size(); ++i) {
    if (prompt.parts[i].kind == PartKind::kContext) parts.push_back(i);
  }
  return parts;
}

std::string query_of(const PromptText& prompt) {
  for (const PartKind kind : {PartKind::kQuestion, PartKind::kInstruction}) {
    std::string query;
    for (const auto& part : prompt.parts) {
      if (part.kind != kind) continue;
      if (!query.empty()) query += ' ';
      query += text_of(prompt, part);
    }
    if (!query.empty()) return query;
  }
  throw Error(ErrorKind::kData, "there is no question to rank contexts by",
              "give a question, or choose --rank perplexity");
}

// Mean loss in nats of `next` after `before`; infinite where nothing has a prediction.
double mean_loss(const std::vector<TokenId>& before, const std::vector<TokenId>& next,
                 const LanguageModel& model) {
  History history(model.context_tokens);
  history.append(before);
  double sum = 0;
  std::size_t count = 0;
  for (const float loss : score_through(model, history, next)) {
    if (!std::isfinite(loss)) continue;
    sum += loss;
    ++count;
  }
  return count == 0 ? std::numeric_limits<double>::infinity() : sum / static_cast<double>(count);
}

// What each of `texts` and, last, the query mean to the model, less what they have in common:
// models put all texts into one corner of their space.
std::vector<std::vector<float>> meanings(const std::vector<std::string>& texts,
                                         const std::string& query, const Tokenizer& tokenizer,
                                         const LanguageModel& model) {
  if (!model.embed) {
    throw Error(ErrorKind::kInternal, "this language model has no hidden states");
  }
  std::vector<std::vector<float>> points;
  for (const auto& text : texts) points.push_back(model.embed(tokenizer.encode_ids(text)));
  points.push_back(model.embed(tokenizer.encode_ids(query)));
  for (std::size_t d = 0; d < points[0].size(); ++d) {
    float mean = 0;
    for (const auto& point : points) mean += point[d] / static_cast<float>(points.size());
    for (auto& point : points) point[d] -= mean;
  }
  return points;
}

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  const double product = std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  const double lengths = std::sqrt(std::inner_product(a.begin(), a.end(), a.begin(), 0.0) *
                                   std::inner_product(b.begin(), b.end(), b.begin(), 0.0));
  return lengths > 0 ? product / lengths : 0;
}

}  // namespace

std::vector<std::size_t> rank_contexts_of(const PromptText& prompt, ContextRank rank,
                                          const Tokenizer& tokenizer, const LanguageModel& model) {
  std::vector<std::string> texts;
  for (const std::size_t part : context_parts(prompt)) {
    texts.push_back(text_of(prompt, prompt.parts[part]));
  }
  std::vector<double> scores;
  switch (rank) {
    case ContextRank::kGiven:
      scores.resize(texts.size(), 0);
      break;
    case ContextRank::kAuto:
    case ContextRank::kPerplexity:
      for (const auto& text : texts) {
        scores.push_back(-mean_loss({}, tokenizer.encode_ids(text), model));
      }
      break;
    case ContextRank::kQuestion: {
      const auto query = tokenizer.encode_ids("\n\n" + query_of(prompt) + kRestriction);
      for (const auto& text : texts) {
        scores.push_back(mean_loss(tokenizer.encode_ids(text), query, model));
      }
      break;
    }
    case ContextRank::kEmbedding: {
      const auto points = meanings(texts, query_of(prompt), tokenizer, model);
      for (std::size_t i = 0; i < texts.size(); ++i) {
        scores.push_back(-cosine(points[i], points.back()));
      }
      break;
    }
    case ContextRank::kBm25: {
      const std::string query = folded_words(query_of(prompt));
      for (auto& text : texts) text = folded_words(text);
      if (texts.empty()) return {};
      return rank_by_bm25(texts, query, WordWeights::kPositive);
    }
  }
  return least_first(scores);
}

std::vector<std::size_t> output_order(const std::vector<std::size_t>& ranking, ContextOrder order) {
  if (order == ContextOrder::kGiven) return {};
  if (order == ContextOrder::kRank) return ranking;
  std::vector<std::size_t> first, last;
  for (std::size_t i = 0; i < ranking.size(); ++i) {
    (i % 2 == 0 ? first : last).push_back(ranking[i]);
  }
  first.insert(first.end(), last.rbegin(), last.rend());
  return first;
}

void set_wanted(PromptText& prompt, const std::vector<std::size_t>& ranking) {
  const auto parts = context_parts(prompt);
  prompt.wanted.assign(prompt.parts.size(), 0);
  for (std::size_t i = 0; i < ranking.size(); ++i) {
    prompt.wanted[parts[ranking[i]]] = -static_cast<float>(i);
  }
}

PromptText with_contexts_in_order(const PromptText& prompt, const std::vector<std::size_t>& order) {
  const auto contexts = context_parts(prompt);
  std::vector<std::size_t> source(prompt.parts.size());  // the part that comes to each place
  std::iota(source.begin(), source.end(), std::size_t{0});
  for (std::size_t i = 0; i < order.size(); ++i) source[contexts[i]] = contexts[order[i]];
  PromptText moved;
  moved.apart = prompt.apart;
  moved.rate = prompt.rate;
  moved.target_tokens = prompt.target_tokens;
  for (const std::size_t from : source) {
    if (!moved.parts.empty()) moved.text += "\n\n";
    const ByteRange old = prompt.parts[from].bytes;
    const std::size_t begin = moved.text.size();
    const auto inside = [&](const ByteRange& bytes) {
      return old.begin <= bytes.begin && bytes.end <= old.end;
    };
    const auto shifted = [&](const ByteRange& bytes) {
      return ByteRange{bytes.begin - old.begin + begin, bytes.end - old.begin + begin};
    };
    moved.text.append(prompt.text, old.begin, old.end - old.begin);
    moved.parts.push_back({prompt.parts[from].kind, shifted(old), prompt.parts[from].number});
    for (const auto& one : prompt.fixed) {
      if (inside(one)) moved.fixed.push_back(shifted(one));
    }
    for (const auto& one : prompt.whole) {
      if (inside(one)) moved.whole.push_back(shifted(one));
    }
    for (const auto& one : prompt.spans) {
      if (inside(one.bytes)) moved.spans.push_back({shifted(one.bytes), one.rate});
    }
    if (!prompt.wanted.empty()) moved.wanted.push_back(prompt.wanted[from]);
    if (!prompt.required.empty()) moved.required.push_back(prompt.required[from]);
  }
  return moved;
}

}  // namespace lingua

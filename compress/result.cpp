#include "compress/result.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "compress/budget.h"
#include "support/error.h"
#include "support/text.h"

namespace lingua {
namespace {

double quotient(int64_t above, int64_t below) {
  return below == 0 ? 0 : static_cast<double>(above) / static_cast<double>(below);
}

Json bytes_of(const ByteRange& range) { return {range.begin, range.end}; }

// Four digits say all that a loss has to say, in a third of the bytes.
Json nats(float value) {
  if (!std::isfinite(value)) return nullptr;
  return std::round(static_cast<double>(value) * 1e4) / 1e4;
}

Json to_json(const TokenFate& token, const std::string& original, bool with_given) {
  Json json = {{"id", token.id},
               {"text", original.substr(token.bytes.begin, token.bytes.end - token.bytes.begin)},
               {"bytes", bytes_of(token.bytes)},
               {"part", token.part},
               {"loss", nats(token.loss)},
               {"score", nats(token.score)},
               {"threshold", nats(token.threshold)},
               {"fate", fate_name(token.fate)}};
  if (with_given) json["given_question"] = nats(token.given);
  return json;
}

}  // namespace

double CompressResult::ratio() const { return quotient(origin_tokens, compressed_tokens); }
double CompressResult::rate() const { return quotient(compressed_tokens, origin_tokens); }

bool CompressResult::budget_met() const {
  if (!target_tokens) return true;
  return std::abs(compressed_tokens - *target_tokens) <= budget_tolerance(*target_tokens);
}

std::string kind_name(PartKind kind) {
  switch (kind) {
    case PartKind::kInstruction:
      return "instruction";
    case PartKind::kContext:
      return "context";
    case PartKind::kQuestion:
      return "question";
  }
  throw Error(ErrorKind::kInternal, "a kind of part without a name");
}

Json to_json(const CompressResult& result) {
  Json kept = Json::array();
  for (const auto& range : result.kept) kept.push_back(bytes_of(range));
  Json json = {{"compressed_prompt", result.compressed_prompt},
               {"origin_tokens", result.origin_tokens},
               {"compressed_tokens", result.compressed_tokens}};
  if (result.target_tokens) {
    json["target_tokens"] = *result.target_tokens;
    json["budget_met"] = result.budget_met();
  }
  if (!result.context_order.empty()) json["context_order"] = result.context_order;
  json["ratio"] = result.ratio();
  json["rate"] = result.rate();
  json["kept"] = std::move(kept);
  json["mode"] = result.mode;
  return json;
}

Json to_json_with_tokens(const CompressResult& result) {
  Json json = to_json(result);
  Json parts = Json::array(), tokens = Json::array();
  for (const auto& part : result.parts) {
    parts.push_back({{"kind", kind_name(part.kind)}, {"bytes", bytes_of(part.bytes)}});
  }
  const bool given = std::any_of(result.tokens.begin(), result.tokens.end(),
                                 [](const TokenFate& token) { return std::isfinite(token.given); });
  for (const auto& token : result.tokens) tokens.push_back(to_json(token, result.original, given));
  json["parts"] = std::move(parts);
  json["tokens"] = std::move(tokens);
  return json;
}

std::string summary(int64_t origin_tokens, int64_t compressed_tokens, double seconds) {
  char figures[64];
  std::snprintf(figures, sizeof figures, " tokens (%.1fx), %.1f s",
                quotient(origin_tokens, compressed_tokens), seconds);
  return format_count(origin_tokens) + " -> " + format_count(compressed_tokens) + figures;
}

}  // namespace lingua

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compress/prompt.h"
#include "compress/token_fates.h"
#include "support/json.h"

namespace lingua {

struct CompressResult {
  std::string mode;
  std::string original;           // the prompt as one text
  std::string compressed_prompt;  // valid UTF-8
  int64_t origin_tokens = 0;
  int64_t compressed_tokens = 0;                        // of compressed_prompt encoded anew
  std::optional<int64_t> target_tokens = std::nullopt;  // the budget; none in reference mode
  std::vector<std::size_t> context_order = {};  // of `original`, where contexts were reordered
  std::vector<ByteRange> kept;  // of `original`, in order; they rebuild compressed_prompt
  // Both cover `original` in order. Empty in reference mode for a prompt with an empty context.
  std::vector<PromptPart> parts;
  std::vector<TokenFate> tokens;

  // Original over compressed, and the other way round.
  double ratio() const;
  double rate() const;

  // Whether the output is within two tokens or 1 % of the budget, as it is wherever what must stay
  // leaves room for it. True without a budget.
  bool budget_met() const;
};

// "instruction", "context" or "question".
std::string kind_name(PartKind kind);

// {"compressed_prompt", "origin_tokens", "compressed_tokens", "target_tokens", "budget_met",
// "context_order", "ratio", "rate", "kept", "mode"}: ratio is origin / compressed, rate is what was
// reached, compressed / origin. Without the fields of the budget where there is none. The order is
// there where contexts were reordered: indices of those that are not empty, in the order of the
// output; `kept` then speaks of the prompt in that order.
Json to_json(const CompressResult& result);

// The same with what became of everything:
//   "parts":  [{"kind": "instruction" | "context" | "question", "bytes": [from, to]}]
//   "tokens": [{"id", "text", "bytes": [from, to], "part", "loss", "score", "threshold", "fate"}]
// in the order of the prompt. Bytes are those of the original prompt, "part" counts from 0, losses
// are nats with four digits behind the point and null where there is none, "fate" is one of
// fate_name(). Where the question had a say, "given_question" is the loss with it before the
// context. A token that holds a piece of a character has U+FFFD for a text.
Json to_json_with_tokens(const CompressResult& result);

// "1,032 -> 516 tokens (2.0x), 0.8 s"
std::string summary(int64_t origin_tokens, int64_t compressed_tokens, double seconds);

}  // namespace lingua

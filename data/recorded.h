#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "data/example.h"
#include "support/json.h"

namespace lingua {

// What was found in logged responses.
struct LogCounts {
  std::size_t recorded = 0;         // answers with probabilities
  std::size_t unusable = 0;         // answers read without theirs, whose tokens do not spell them
  std::size_t impossible = 0;       // tokens marked "very unlikely" (-9999) instead of measured
  std::size_t further_choices = 0;  // answers after a request's first, left out
  std::size_t unfinished = 0;       // answers that a limit or filter cut off
};

// The probabilities of an answer `content` in a logged response's `logprobs`, in either form:
//   {content: [{token, logprob, bytes, top_logprobs: [{token, logprob, bytes}...]}...]}
//   {tokens: [...], token_logprobs: [...], top_logprobs: [{token: logprob}...], text_offset: [...]}
// A token written is among its choices, which fall in log-probability. Entries of -9999 are left
// out. Empty where there are none; also where they are damaged or the tokens' bytes do not put
// together `content`, which is counted. In the second form tokens after the end of `content`, such
// as a stop token, are passed over.
std::vector<RecordedToken> parse_recorded(const Json& logprobs, const std::string& content,
                                          LogCounts& counts);

}  // namespace lingua

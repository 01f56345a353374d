#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "model/tokenizer.h"

namespace lingua {

// The question as the reference puts it before the contexts: cut in its middle where it would leave
// less room than two segments of the model's context.
std::string prefix_within_context(const std::string& prefix, int64_t segment_tokens,
                                  int64_t context_tokens, const Tokenizer& tokenizer);

// How many tokens of `prefix` and the context after it lie within `prefix`, as the context's first
// 100 characters show.
std::size_t prefix_tokens(const std::string& prefix, const std::string& context,
                          const Tokenizer& tokenizer);

}  // namespace lingua

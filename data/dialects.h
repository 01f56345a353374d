#pragma once

#include <string>
#include <vector>

#include "data/example.h"
#include "data/recorded.h"
#include "support/json.h"

namespace lingua {

// Names of the dialects that a data line may be in, for options and messages.
std::vector<std::string> dialect_names();

// Throws Error(kUsage) unless `format` is "auto" or one of dialect_names().
void require_dialect(const std::string& format);

// Makes an Example of one line's JSON (docs/formats.md). `format` "auto" takes the first dialect
// whose fields the object has:
//   openai             a logged response of OpenAI's API with its request: see parse_openai_log()
//   messages           {messages: [{role, content}...]}
//   prompt-completion  {prompt, completion}
//   alpaca             {instruction, input, output}; input, when it has text, follows the
//                      instruction after a blank line
//   sharegpt           {conversations: [{from, value}...]}, perhaps with {system} beside it
// id (string or whole number) and domain (else category, model or generator) are taken along, other
// fields are passed over. `where` is "file:line"; source, line and weight stay
// unset. What was found in logged responses is added to `counts`. Throws Error(kData) "where:
// reason".
Example parse_example(const Json& json, const std::string& where,
                      const std::string& format = "auto", LogCounts* counts = nullptr);

}  // namespace lingua

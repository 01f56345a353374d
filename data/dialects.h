#pragma once

#include <string>
#include <vector>

#include "data/example.h"
#include "support/json.h"

namespace lingua {

// Names of the dialects that a data line may be in, for options and messages.
std::vector<std::string> dialect_names();

// Throws Error(kUsage) unless `format` is "auto" or one of dialect_names().
void require_dialect(const std::string& format);

// Makes an Example of one line's JSON (docs/formats.md). `format` "auto" takes the first dialect
// whose fields the object has:
//   messages           {messages: [{role, content}...]}
//   prompt-completion  {prompt, completion}
//   alpaca             {instruction, input, output}; input, when it has text, follows the
//                      instruction after a blank line
// id (string or whole number) and domain (else category, model or generator) are taken along, other
// fields are passed over. `where` is "file:line"; source and line stay unset.
// Throws Error(kData) "where: reason".
Example parse_example(const Json& json, const std::string& where,
                      const std::string& format = "auto");

}  // namespace lingua

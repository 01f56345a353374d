#pragma once

#include <string>
#include <string_view>

#include "data/template.h"
#include "model/tokenizer.h"
#include "support/json.h"

namespace lingua {

// What a model says about the template that it wants.
struct TemplateSource {
  const Json& report;      // what training recorded; null for a base model
  std::string_view jinja;  // the base's own template; may be empty
  TokenId begin = -1;      // the token that begins its texts; -1: none
  TokenId end = -1;        // the token that ends them; -1: none
  const Tokenizer& tokenizer;
  std::string where;  // the model's file, for messages
};

// The template to use with a model. `name` "auto": the one that it was aligned with; else its
// base's own: chatml, gemma or llama2 where its Jinja text speaks that and the tokenizer knows the
// tokens, and plain where not. For chatml the system message that the Jinja text spells out for
// conversations without one is taken over. Throws Error(kUsage) for a name that is unknown or
// whose special tokens the tokenizer lacks, Error(kModel) when the tokenizer does not read the
// model's first or last token back as one token, or the stored template is damaged.
ChatTemplate choose_template(const std::string& name, const TemplateSource& model);

}  // namespace lingua

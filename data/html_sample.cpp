#include "data/html_sample.h"

#include "data/example_text.h"

namespace lingua {

HtmlSample html_sample(const Example& example, double before, double after) {
  const std::string domain = example.domain.empty() ? "" : ", " + example.domain;
  return {.label = example.source + ":" + std::to_string(example.line) + domain,
          .prompt = instruction_text(example),
          .answer = answers_text(example),
          .before = before,
          .after = after};
}

}  // namespace lingua

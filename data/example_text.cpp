#include "data/example_text.h"

#include "data/split.h"

namespace lingua {

std::string instruction_text(const Example& example) {
  std::string text = prompt_text(example);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::string answers_text(const Example& example) {
  std::string text;
  for (const Message& message : example.messages) {
    if (message.role != "assistant") continue;
    if (!text.empty()) text += "\n\n";
    text += message.content;
  }
  return text;
}

}  // namespace lingua

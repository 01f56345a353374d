#include "eval/fidelity_prompt.h"

#include <algorithm>
#include <set>

#include "eval/json_lines.h"
#include "support/error.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr const char* kAskForText = "The text above, in full:";

std::string text_field(const Json& json, const char* field, const std::string& where) {
  const auto found = json.find(field);
  if (found == json.end() || found->is_null()) return "";
  if (found->is_string()) return found->get<std::string>();
  throw Error(ErrorKind::kData, where + ": \"" + field + "\" is no string");
}

FidelityPrompt prompt_of_line(const JsonLine& line) {
  const auto& [json, where, number] = line;
  FidelityPrompt one{prompt_from_json(json, where), text_field(json, "answer", where),
                     text_field(json, "expected", where), text_field(json, "id", where),
                     text_field(json, "task", where)};
  if (one.answer.empty()) {
    throw Error(ErrorKind::kData, where + ": the prompt has no \"answer\"",
                "lines are {instruction, context, question, answer}");
  }
  if (context_text(one.prompt).empty()) {
    throw Error(ErrorKind::kData, where + ": the prompt has no context to compress");
  }
  if (one.id.empty()) one.id = std::to_string(number);
  return one;
}

}  // namespace

std::vector<FidelityPrompt> read_fidelity_prompts(const std::vector<std::string>& paths) {
  std::vector<FidelityPrompt> prompts;
  std::set<std::string> ids;
  for (const std::string& path : paths) {
    for_each_json_line(path, [&](const JsonLine& line) {
      FidelityPrompt prompt = prompt_of_line(line);
      if (!ids.insert(prompt.id).second) {
        throw Error(ErrorKind::kData,
                    line.where + ": the id " + in_quotes(prompt.id) + " stood before",
                    "give each prompt an \"id\" of its own");
      }
      prompts.push_back(std::move(prompt));
    });
  }
  if (prompts.empty()) throw Error(ErrorKind::kData, join(paths, ", ") + " holds no prompts");
  return prompts;
}

FidelityPrompt retention_of(const FidelityPrompt& prompt) {
  FidelityPrompt whole = prompt;
  whole.prompt.question = kAskForText;
  whole.answer = '\n';
  whole.answer += context_text(prompt.prompt);
  whole.expected.clear();
  return whole;
}

std::string text_without_context(const Prompt& prompt) {
  Prompt rest = prompt;
  rest.context.clear();
  return whole_text(rest).text;
}

std::string context_text(const Prompt& prompt) {
  Prompt contexts;
  contexts.context = prompt.context;
  return whole_text(contexts).text;
}

}  // namespace lingua

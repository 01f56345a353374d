#include "cli/lingua_compress_prompts.h"

#include <unistd.h>

#include <filesystem>

#include "support/error.h"

namespace lingua {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

// Options hold a text or the path of one.
std::string text_or_file(const std::string& value) {
  std::error_code ignored;  // a text is often no possible path
  if (value.empty() || !std::filesystem::is_regular_file(value, ignored)) return value;
  std::string text = Input(value).rest();
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

}  // namespace

Prompt prompt_of_options(const CompressCommandOptions& options) {
  Prompt prompt;
  if (options.context.empty()) {
    if (::isatty(STDIN_FILENO)) {
      throw Error(ErrorKind::kUsage, "there is no prompt",
                  "give --context or --input, or a prompt on standard input");
    }
    prompt = prompt_from_text(Input("-").rest());
  }
  for (const auto& one : options.context) prompt.context.push_back(text_or_file(one));
  prompt.instruction = text_or_file(options.instruction);
  prompt.question = text_or_file(options.question);
  return prompt;
}

std::optional<FoundPrompt> PromptReader::next() {
  std::string line;
  while (next_line(line)) {
    const auto last = line.find_last_not_of(kBlanks);
    if (last == std::string::npos) continue;
    const bool first = !started_;
    started_ = true;
    // A line of JSON Lines ends its object; a first line that does not begins a longer one.
    if (first && line[last] != '}') return whole_object(line);
    return FoundPrompt{line, where()};
  }
  return std::nullopt;
}

FoundPrompt PromptReader::whole_object(const std::string& first_line) {
  pending_ = input_.rest();
  FoundPrompt found{first_line + "\n" + *pending_, where()};
  if (Json::accept(found.json)) pending_->clear();
  return found;
}

bool PromptReader::next_line(std::string& line) {
  ++line_number_;
  if (!pending_) return input_.next_line(line);
  if (pending_begin_ >= pending_->size()) return false;
  const auto end = std::min(pending_->find('\n', pending_begin_), pending_->size());
  line = pending_->substr(pending_begin_, end - pending_begin_);
  pending_begin_ = end + 1;
  return true;
}

}  // namespace lingua

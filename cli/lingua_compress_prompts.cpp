#include "cli/lingua_compress_prompts.h"

#include <algorithm>

#include "support/json.h"

namespace lingua {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

}  // namespace

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

std::optional<FoundPrompt> PromptFiles::next() {
  while (true) {
    if (reader_) {
      if (auto found = reader_->next()) return found;
      reader_.reset();
    }
    if (next_path_ == paths_.size()) return std::nullopt;
    reader_ = std::make_unique<PromptReader>(paths_[next_path_++]);
  }
}

}  // namespace lingua

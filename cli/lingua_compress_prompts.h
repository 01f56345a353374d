#pragma once

#include <optional>
#include <string>

#include "cli/input.h"

namespace lingua {

// The JSON of a prompt in an --input file and where it stands there (file:line).
struct FoundPrompt {
  std::string json;
  std::string where;
};

// Finds the prompts of a file one by one: JSON Lines (empty lines are passed over), or one JSON
// object over several lines. Whether what it finds is good JSON is for the caller to see; what
// follows is found in any case. Throws Error(kData) when the file cannot be read.
class PromptReader {
 public:
  explicit PromptReader(const std::string& path) : input_(path) {}

  // The next prompt; nothing at the end.
  std::optional<FoundPrompt> next();

 private:
  bool next_line(std::string& line);
  std::string where() const { return input_.name() + ":" + std::to_string(line_number_); }
  FoundPrompt whole_object(const std::string& first_line);

  Input input_;
  std::optional<std::string> pending_;  // what was read ahead; lines come from here then
  std::size_t pending_begin_ = 0;
  std::size_t line_number_ = 0;
  bool started_ = false;
};

}  // namespace lingua

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

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

  // Whether next() answers without waiting for whoever writes into a pipe.
  bool ready() const { return pending_ || input_.line_ready() || !input_.may_wait(); }

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

// The prompts of several such files, one file after the other.
class PromptFiles {
 public:
  explicit PromptFiles(std::vector<std::string> paths) : paths_(std::move(paths)) {}

  std::optional<FoundPrompt> next();
  bool ready() const { return !reader_ || reader_->ready(); }

 private:
  std::vector<std::string> paths_;
  std::size_t next_path_ = 0;
  std::unique_ptr<PromptReader> reader_;
};

}  // namespace lingua

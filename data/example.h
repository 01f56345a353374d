#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace lingua {

// One turn of a conversation.
struct Message {
  std::string role;  // "system", "user" or "assistant"
  std::string content;
  bool operator==(const Message&) const = default;
};

// One thing that the target LLM was asked and what it said, from one line of a data file.
struct Example {
  std::vector<Message> messages;  // at least one assistant turn, each with text
  std::string domain;             // what kind of text it is or which LLM wrote it; may be empty
  std::string source;             // path of the file that it was read from
  std::size_t line = 0;           // from 1
  std::string id;                 // as the file gives it; may be empty
};

}  // namespace lingua

#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace lingua {

// A token that the target LLM might have written, with the log-probability it gave it.
struct TokenChoice {
  std::string bytes;   // may be a part of a UTF-8 character
  double logprob = 0;  // nats, <= 0
  bool operator==(const TokenChoice&) const = default;
};

// A token that the target LLM wrote, with what it might have written in its place.
struct RecordedToken {
  std::string bytes;
  std::vector<TokenChoice> choices;  // the most likely tokens, by falling log-probability
  bool operator==(const RecordedToken&) const = default;
};

// One turn of a conversation.
struct Message {
  std::string role;  // "system", "user" or "assistant"
  std::string content;
  // An assistant's turn whose log has probabilities; their bytes are `content`'s, else empty.
  std::vector<RecordedToken> recorded = {};
  // Whether loss is taken on an assistant's turn where the turns to learn are chosen by the data.
  bool learn = true;
  bool operator==(const Message&) const = default;
};

// One thing that the target LLM was asked and what it said, from one line of a data file.
struct Example {
  std::vector<Message> messages;  // at least one assistant turn, each with text
  std::string domain;             // what kind of text it is or which LLM wrote it; may be empty
  std::string source;             // path of the file that it was read from
  std::size_t line = 0;           // from 1
  std::string id;                 // as the file gives it; may be empty
  double weight = 1.0;            // how often an epoch takes it, on average; > 0
};

}  // namespace lingua

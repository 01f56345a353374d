#pragma once

#include <string>
#include <vector>

#include "data/example.h"
#include "support/json.h"

namespace lingua {

// Reading conversations out of data lines. Each function throws Error(kData) whose message is
// `where: reason`.

// How a dialect writes a turn.
struct TurnNames {
  const char* role;
  const char* content;
  // Further names that speakers go by, as "user", "assistant" or "system".
  std::string (*role_of)(const std::string& name);
  const char* known_roles;  // for messages
};

extern const TurnNames kOpenAiTurns;    // {role, content}
extern const TurnNames kShareGptTurns;  // {from, value}, with the many names of both speakers

// One turn out of field `path`. Content is a string or an array of {type: text, text} parts; a
// system turn may be empty. `train` (a boolean) or `weight` (0 or 1) become Message::learn.
Message parse_turn(const Json& json, const TurnNames& names, const std::string& path,
                   const std::string& where);

// The turns of the array in field `name`; at least one of an assistant where `needs_answer`.
std::vector<Message> parse_turns(const Json& object, const std::string& name,
                                 const TurnNames& names, bool needs_answer,
                                 const std::string& where);

}  // namespace lingua

#pragma once

#include <string>

#include "data/template.h"

namespace lingua {

// What stands before the text of a conversation's first user turn, special tokens spelled out: a
// model that was aligned with `chat` has read every prompt behind it. To be encoded with
// parse_special.
std::string prompt_head(const ChatTemplate& chat);

}  // namespace lingua

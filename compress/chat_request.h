#pragma once

#include <string>
#include <vector>

#include "compress/chat.h"

namespace lingua {

// The request of `conversation` with texts[i] in the place of its text i. All else, and texts that
// did not change, stay as they were written. Blocks and messages that are left without a text go;
// a message that carries more than role, name and content stays.
std::string request_with(const Conversation& conversation, const std::vector<std::string>& texts);

}  // namespace lingua

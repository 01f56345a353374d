#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "compress/compressor.h"
#include "compress/prompt.h"
#include "support/json.h"

namespace lingua {

// Chat messages in, chat messages out. A request as APIs take it,
//   {"messages": [{"role": "user", "content": "..."}, ...], ...},
// is compressed as a whole: messages keep their roles, their order and all but the text of their
// contents. Contents are strings, or lists of blocks, of which those of the type "text",
// "input_text" or "output_text", or of none, with a string "text" count as text. Calls of tools,
// images, thoughts, blocks with a signature or with references into their text are left alone. What
// does not change stays byte for byte as it was written.

// A text of a conversation.
struct MessageText {
  std::size_t message = 0;
  std::optional<std::size_t> block = std::nullopt;  // of a content that is a list
  PartKind kind = PartKind::kContext;
  std::string text = {};  // not empty
};

struct Conversation {
  Json request;                    // as given; a list of messages in an object
  std::string source;              // its text
  std::vector<MessageText> texts;  // in order
  std::optional<double> rate;      // its own budget, as in Prompt
  std::optional<int64_t> target_tokens;
};

// Whether a JSON value is meant as a conversation: an object with "messages".
bool is_conversation(const Json& json);

// System (or developer) messages are instructions, the last user message is the question, all
// others are contexts. Throws Error(kData) that begins with `where` and names the message for
// anything that is not as above. `source` is the text that `json` was read from; without it what is
// written may differ in spaces, escapes and digits.
Conversation conversation_from_json(const Json& json, const std::string& where,
                                    const std::string& source = "");

struct ChatResult {
  CompressResult whole;  // of all texts; kept ranges and tokens speak of whole.original
  std::string
      request;    // the request, or the list, with its messages compressed: to be sent instead
  Json messages;  // of it
  Json kept;      // [{"message", "block" (of a list), "ranges": [[from, to]]}], a text each
};

// Compresses the texts under one budget, which counts the tokens of the texts alone. Every message
// keeps something while the budget allows it, so that roles go on taking turns; one that loses all
// its text is left out unless it carries more than role, name and content. Options as for
// compress(); reference mode has no conversations: throws Error(kUsage).
ChatResult compress_chat(const Conversation& conversation, const CompressOptions& options,
                         const Tokenizer& tokenizer, const LanguageModel& model);

// {"messages", "origin_tokens", ...}: the fields of a result (compress/result.h) with messages in
// place of "compressed_prompt" and `kept` by message.
Json to_json(const ChatResult& result);

// The same with "parts" and "tokens" of the texts of all messages together (compress/result.h).
Json to_json_with_tokens(const ChatResult& result);

}  // namespace lingua

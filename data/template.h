#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/example.h"
#include "model/tokenizer.h"
#include "support/json.h"

namespace lingua {

// How a conversation becomes the text that a model was trained on. Stored with the model.
//   chatml  <|im_start|>user\nQuestion<|im_end|>\n<|im_start|>assistant\nAnswer<|im_end|>\n
//   plain   Question\nAnswer and the end token, a line feed before a further turn
struct ChatTemplate {
  std::string name = "plain";  // "chatml" or "plain"
  std::string default_system;  // stands first where a conversation has no system turn; "": none
  std::string end_token;       // spelling of the token that ends an answer; "": none
  bool operator==(const ChatTemplate&) const = default;
};

// The template of a base model: chatml when its Jinja text mentions <|im_start|> and the tokenizer
// knows the tokens, with the system message that the Jinja text spells out for conversations
// without one; else plain, ended by token `eos` (-1: none).
// Throws Error(kModel) when the tokenizer does not read the end token back as one token.
ChatTemplate template_for(std::string_view jinja, TokenId eos, const Tokenizer& tokenizer);

Json to_json(const ChatTemplate& chat);

// Throws Error(kModel) naming `where` and the field that is missing, unknown or wrong.
ChatTemplate template_from_json(const Json& json, const std::string& where);

// A stretch of the rendered text. Which stretches are answers is known here, by construction, and
// never searched for in tokens.
struct Segment {
  std::string text;
  bool is_target = false;      // loss is taken on it: an answer's content, or its end token
  bool parse_special = false;  // ours, so special tokens in it count; people's text is only text
  bool operator==(const Segment&) const = default;
};

// Neighbours differ in a flag. An end token is a segment of its own, without the line feed after.
std::vector<Segment> render(const std::vector<Message>& messages, const ChatTemplate& chat);

}  // namespace lingua

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "data/example.h"
#include "model/tokenizer.h"
#include "support/json.h"

namespace lingua {

// How a conversation becomes the text that a model was trained on. Stored with the model.
//   chatml  <|im_start|>user\nQuestion<|im_end|>\n<|im_start|>assistant\nAnswer<|im_end|>\n
//   gemma   <bos><start_of_turn>user\nQuestion<end_of_turn>\n<start_of_turn>model\nAnswer
//           <end_of_turn>\n (one line)
//   llama2  <s>[INST] Question [/INST]Answer</s>
//   alpaca  ### Instruction:\nQuestion\n\n### Response:\nAnswer</s>
//   plain   Question\nAnswer</s>, a line feed before a further turn
// where <bos>, <s> and </s> are the model's own first and last tokens.
struct ChatTemplate {
  std::string name = "plain";    // out of template_names()
  std::string default_system;    // stands first where a conversation has no system turn; "": none
  std::string end_token;         // spelling of the token that ends an answer; "": none
  std::string begin_token = {};  // spelling of the token that begins a conversation; "": none
  bool operator==(const ChatTemplate&) const = default;
};

// The names of all templates.
std::vector<std::string> template_names();

Json to_json(const ChatTemplate& chat);

// Throws Error(kModel) naming `where` and the field that is missing, unknown or wrong. A file from
// before there was a begin token has none.
ChatTemplate template_from_json(const Json& json, const std::string& where);

// Which answers of a conversation loss is taken on.
enum class Turns {
  kAll,
  kLast,    // the last one
  kMarked,  // those whose Message::learn is set
};

// Of which of these answers the end token is learned too.
enum class EndTokens {
  kAll,
  kLast,  // of the conversation's last answer, where that is learned
  kNone,
};

struct Masking {
  Turns turns = Turns::kAll;
  EndTokens end_tokens = EndTokens::kAll;
};

// A stretch of the rendered text. Which stretches are answers is known here, by construction, and
// never searched for in tokens.
struct Segment {
  std::string text;
  bool is_target = false;      // loss is taken on it: an answer's content, or its end token
  bool parse_special = false;  // ours, so special tokens in it count; people's text is only text
  // Index of the message whose answer or end token this is, learned or not; -1: neither.
  std::ptrdiff_t answer = -1;
  bool operator==(const Segment&) const = default;
};

// Neighbours differ in parse_special unless one belongs to an answer: an answer's content is a
// segment of its own, and so is its end token, so that tokens do not depend on what is learned.
std::vector<Segment> render(const std::vector<Message>& messages, const ChatTemplate& chat,
                            const Masking& masking = {});

}  // namespace lingua

#pragma once

#include <array>
#include <string_view>

namespace lingua {

// What stands around one turn's text. In `marks` special tokens are read; `text` is joined with
// the turn's own.
struct TurnFrame {
  std::string_view marks_before;
  std::string_view text_before;
  std::string_view text_after;
  std::string_view marks_after;
};

// A template as data.
struct TemplateFrame {
  std::string_view name;
  TurnFrame system;
  TurnFrame user;
  TurnFrame answer;  // the end token stands before what comes after
  // The system's text stands inside the user's turn that follows, before its text.
  bool system_in_user = false;
  // The end token ends every turn, not the answers alone.
  bool end_after_all = false;
  // The model's begin token stands before a conversation, or before each user's turn of it.
  bool begins = false;
  bool begins_each_user = false;
  // Special tokens that the tokenizer must know; the first tells the template in a Jinja text.
  std::array<std::string_view, 2> tokens = {};
  // The end token; "": the model's own.
  std::string_view end_token = {};
  // The system's text where a conversation has none.
  std::string_view system_text = {};
};

// All templates; plain is the last.
const std::array<TemplateFrame, 5>& template_frames();

// The frame of that name, or null.
const TemplateFrame* find_template_frame(std::string_view name);

}  // namespace lingua

#include "data/template_frames.h"

#include <algorithm>

namespace lingua {

const std::array<TemplateFrame, 5>& template_frames() {
  // The role goes with a prompt's text as the model's own tokenizer would read them, in one; an
  // answer starts after its head, as it does when the model is asked to go on from there.
  static const std::array<TemplateFrame, 5> frames = {{
      {.name = "chatml",
       .system = {"<|im_start|>", "system\n", "", "\n"},
       .user = {"<|im_start|>", "user\n", "", "\n"},
       .answer = {"<|im_start|>assistant\n", "", "", "\n"},
       .end_after_all = true,
       .tokens = {"<|im_start|>", "<|im_end|>"},
       .end_token = "<|im_end|>"},
      {.name = "gemma",
       .system = {"", "", "\n\n", ""},
       .user = {"<start_of_turn>", "user\n", "", "\n"},
       .answer = {"<start_of_turn>model\n", "", "", "\n"},
       .system_in_user = true,
       .end_after_all = true,
       .begins = true,
       .tokens = {"<start_of_turn>", "<end_of_turn>"},
       .end_token = "<end_of_turn>"},
      // No space before the answer: its SentencePiece tokenizer puts one in front of each text.
      {.name = "llama2",
       .system = {"", "<<SYS>>\n", "\n<</SYS>>\n\n", ""},
       .user = {"", "[INST] ", " [/INST]", ""},
       .answer = {},
       .system_in_user = true,
       .begins = true,
       .begins_each_user = true},
      {.name = "alpaca",
       .system = {"", "", "\n\n", ""},
       .user = {"", "### Instruction:\n", "\n\n", ""},
       .answer = {"", "### Response:\n", "\n\n", ""},
       .system_text = "Below is an instruction that describes a task. Write a response that "
                      "appropriately completes the request."},
      {.name = "plain",
       .system = {"", "", "\n", ""},
       .user = {"", "", "\n", ""},
       .answer = {"", "", "\n", ""}},
  }};
  return frames;
}

const TemplateFrame* find_template_frame(std::string_view name) {
  const auto& frames = template_frames();
  const auto found = std::find_if(frames.begin(), frames.end(), [name](const TemplateFrame& frame) {
    return frame.name == name;
  });
  return found == frames.end() ? nullptr : &*found;
}

}  // namespace lingua

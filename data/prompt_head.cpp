#include "data/prompt_head.h"

#include "data/template_frames.h"
#include "support/error.h"
#include "support/text.h"

namespace lingua {

std::string prompt_head(const ChatTemplate& chat) {
  const TemplateFrame* frame = find_template_frame(chat.name);
  if (frame == nullptr) {
    throw Error(ErrorKind::kInternal, "there is no chat template " + in_quotes(chat.name));
  }
  std::string system;
  if (!chat.default_system.empty()) {
    system += frame->system.text_before;
    system += chat.default_system;
    system += frame->system.text_after;
  }
  std::string text = frame->begins ? chat.begin_token : "";
  if (!system.empty() && !frame->system_in_user) {
    text += frame->system.marks_before;
    text += system;
    if (frame->end_after_all) text += chat.end_token;
    text += frame->system.marks_after;
  }
  text += frame->user.marks_before;
  text += frame->user.text_before;
  return frame->system_in_user ? text + system : text;
}

}  // namespace lingua

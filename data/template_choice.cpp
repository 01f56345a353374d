#include "data/template_choice.h"

#include <algorithm>
#include <array>
#include <utility>

#include "data/template_frames.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr std::string_view kTurnBegin = "<|im_start|>";
constexpr std::string_view kTurnEnd = "<|im_end|>";

// One character of a Jinja string literal and how many bytes spell it. `text` is not empty.
std::pair<char, std::size_t> literal_char(std::string_view text) {
  if (text[0] != '\\' || text.size() < 2) return {text[0], 1};
  switch (text[1]) {
    case 'n':
      return {'\n', 2};
    case 't':
      return {'\t', 2};
    default:
      return {text[1], 2};
  }
}

// The literal that `text` begins with, up to <|im_end|>; "" when the literal's closing `quote`
// comes first, for then the message is an expression.
std::string literal_turn(std::string_view text, char quote) {
  std::string content;
  while (!text.empty() && text[0] != quote) {
    if (text.starts_with(kTurnEnd)) return content;
    const auto [character, length] = literal_char(text);
    content += character;
    text.remove_prefix(length);
  }
  return "";
}

// What a Jinja template writes out as system message: a string literal such as
// '<|im_start|>system\nYou are helpful<|im_end|>'. The line feed may be a real one or its escape.
std::string literal_system(std::string_view jinja) {
  const std::string head = std::string(kTurnBegin) + "system";
  for (auto at = jinja.find(head); at != std::string_view::npos; at = jinja.find(head, at + 1)) {
    const std::string_view rest = jinja.substr(at + head.size());
    if (at == 0 || rest.empty()) continue;
    const auto [feed, length] = literal_char(rest);
    if (feed != '\n') continue;
    const std::string content = literal_turn(rest.substr(length), jinja[at - 1]);
    if (!content.empty()) return content;
  }
  return "";
}

// The first of the frame's special tokens that the tokenizer does not read as one, or "".
std::string_view missing_token(const TemplateFrame& frame, const Tokenizer& tokenizer) {
  for (const std::string_view token : frame.tokens) {
    const TokenId id = tokenizer.id_of(token);
    if (!token.empty() && (id < 0 || tokenizer.encode_ids(token) != std::vector<TokenId>{id})) {
      return token;
    }
  }
  return "";
}

// The frame that the base's own template speaks of.
const TemplateFrame& own_frame(const TemplateSource& model) {
  const auto says = [&model](std::string_view text) {
    return model.jinja.find(text) != std::string_view::npos;
  };
  for (const TemplateFrame& frame : template_frames()) {
    const bool is_llama2 = frame.name == "llama2" && says("[INST]") && says("<<SYS>>");
    const bool is_spoken = !frame.tokens[0].empty() && says(frame.tokens[0]);
    if ((is_llama2 || is_spoken) && missing_token(frame, model.tokenizer).empty()) return frame;
  }
  return template_frames().back();
}

// How the model's first or last token (`kind`) is spelled; "" where it has none.
std::string spelling_of(TokenId id, const char* kind, const TemplateSource& model) {
  if (id < 0) return "";
  std::string text = model.tokenizer.decode(std::array{id});
  if (model.tokenizer.encode_ids(text) == std::vector<TokenId>{id}) return text;
  throw Error(ErrorKind::kModel, model.where + ": the tokenizer does not read its " + kind +
                                     " token " + std::to_string(id) + ", spelled " +
                                     in_quotes(text) + ", back as that one token");
}

ChatTemplate fill(const TemplateFrame& frame, const TemplateSource& model) {
  ChatTemplate chat;
  chat.name = frame.name;
  chat.default_system =
      frame.name == "chatml" ? literal_system(model.jinja) : std::string(frame.system_text);
  chat.end_token =
      frame.end_token.empty() ? spelling_of(model.end, "end", model) : std::string(frame.end_token);
  if (frame.begins) chat.begin_token = spelling_of(model.begin, "begin", model);
  return chat;
}

}  // namespace

ChatTemplate choose_template(const std::string& name, const TemplateSource& model) {
  if (name == "auto") {
    const auto stored =
        model.report.is_object() ? model.report.find("template") : model.report.end();
    if (stored != model.report.end()) return template_from_json(*stored, model.where);
    return fill(own_frame(model), model);
  }
  const TemplateFrame* frame = find_template_frame(name);
  if (frame == nullptr) {
    throw Error(ErrorKind::kUsage, "--template " + in_quotes(name) + " is unknown",
                "known are auto, " + join(template_names(), ", "));
  }
  if (const auto token = missing_token(*frame, model.tokenizer); !token.empty()) {
    throw Error(ErrorKind::kUsage,
                "--template " + name + " needs the token " + std::string(token) +
                    ", which the tokenizer of " + model.where + " lacks",
                "choose auto, alpaca or plain");
  }
  return fill(*frame, model);
}

}  // namespace lingua

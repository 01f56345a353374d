#include "data/template.h"

#include <array>

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

bool is_one_token(const Tokenizer& tokenizer, std::string_view text) {
  const TokenId id = tokenizer.id_of(text);
  return id >= 0 && tokenizer.encode_ids(text) == std::vector<TokenId>{id};
}

// Joins what would be neighbours of equal flags. Targets stay apart, each end token by itself.
void append(std::vector<Segment>& segments, std::string_view text, bool is_target,
            bool parse_special) {
  if (text.empty()) return;
  if (!segments.empty() && !is_target && !segments.back().is_target &&
      segments.back().parse_special == parse_special) {
    segments.back().text += text;
    return;
  }
  segments.push_back({std::string(text), is_target, parse_special});
}

void append_chatml(std::vector<Segment>& segments, const Message& message,
                   const ChatTemplate& chat) {
  const bool is_answer = message.role == "assistant";
  append(segments, kTurnBegin, false, true);
  // The role goes with a prompt's text as the model's own tokenizer would read them, in one; an
  // answer starts after its head, as it does when the model is asked to go on from there.
  if (is_answer) {
    append(segments, "assistant\n", false, true);
    append(segments, message.content, true, false);
  } else {
    append(segments, message.role + "\n" + message.content, false, false);
  }
  append(segments, chat.end_token, is_answer, true);
  append(segments, "\n", false, true);
}

void append_plain(std::vector<Segment>& segments, const Message& message,
                  const ChatTemplate& chat) {
  const bool is_answer = message.role == "assistant";
  append(segments, message.content, is_answer, false);
  if (is_answer) append(segments, chat.end_token, true, true);
  append(segments, "\n", false, false);
}

}  // namespace

ChatTemplate template_for(std::string_view jinja, TokenId eos, const Tokenizer& tokenizer) {
  if (jinja.find(kTurnBegin) != std::string_view::npos && is_one_token(tokenizer, kTurnBegin) &&
      is_one_token(tokenizer, kTurnEnd)) {
    return {"chatml", literal_system(jinja), std::string(kTurnEnd)};
  }
  ChatTemplate chat;
  if (eos < 0) return chat;
  chat.end_token = tokenizer.decode(std::array{eos});
  if (tokenizer.encode_ids(chat.end_token) != std::vector<TokenId>{eos}) {
    throw Error(ErrorKind::kModel, "the tokenizer does not read its end token " +
                                       std::to_string(eos) + ", spelled " +
                                       in_quotes(chat.end_token) + ", back as that one token");
  }
  return chat;
}

Json to_json(const ChatTemplate& chat) {
  return {
      {"name", chat.name}, {"default_system", chat.default_system}, {"end_token", chat.end_token}};
}

ChatTemplate template_from_json(const Json& json, const std::string& where) {
  if (!json.is_object()) throw Error(ErrorKind::kModel, where + ": chat template is no object");
  ChatTemplate chat;
  const std::array<std::pair<const char*, std::string*>, 3> fields = {
      {{"name", &chat.name},
       {"default_system", &chat.default_system},
       {"end_token", &chat.end_token}}};
  for (const auto& [name, value] : fields) {
    const auto field = json.find(name);
    if (field == json.end() || !field->is_string()) {
      throw Error(ErrorKind::kModel, where + ": chat template has no string \"" + name + "\"");
    }
    *value = field->get<std::string>();
  }
  if (chat.name != "chatml" && chat.name != "plain") {
    throw Error(ErrorKind::kModel, where + ": chat template " + in_quotes(chat.name) +
                                       " is unknown; known are chatml, plain");
  }
  return chat;
}

std::vector<Segment> render(const std::vector<Message>& messages, const ChatTemplate& chat) {
  std::vector<Message> turns;
  const bool has_system = !messages.empty() && messages.front().role == "system";
  if (!has_system && !chat.default_system.empty()) {
    turns.push_back({"system", chat.default_system});
  }
  turns.insert(turns.end(), messages.begin(), messages.end());
  std::vector<Segment> segments;
  for (const Message& turn : turns) {
    if (chat.name == "chatml") {
      append_chatml(segments, turn, chat);
    } else {
      append_plain(segments, turn, chat);
    }
  }
  return segments;
}

}  // namespace lingua

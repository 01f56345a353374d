#include "compress/chat.h"

#include <algorithm>

#include "compress/chat_request.h"
#include "compress/context_order.h"
#include "compress/draft.h"
#include "compress/held_parts.h"
#include "compress/text_compressor.h"
#include "support/error.h"
#include "support/text.h"

namespace lingua {
namespace {

[[noreturn]] void refuse(const std::string& where, std::size_t message, const std::string& what) {
  throw Error(ErrorKind::kData, where + ": messages[" + std::to_string(message) + "] " + what,
              "a message is {\"role\": \"user\", \"content\": \"...\"}");
}

bool is_empty(const Json& value) { return value.is_null() || value.empty(); }

// Text that may be cut: neither thoughts, whose signature covers every byte, nor text with
// references to places in it.
bool is_text_block(const Json& block) {
  if (!block.is_object() || !block.contains("text") || !block["text"].is_string()) return false;
  const Json type = block.value("type", Json("text"));
  if (type != Json("text") && type != Json("input_text") && type != Json("output_text"))
    return false;
  for (const auto& [name, value] : block.items()) {
    const bool is_signature = name.find("ignature") != std::string::npos;
    const bool refers = (name == "citations" || name == "annotations") && !is_empty(value);
    if (is_signature || refers) return false;
  }
  return true;
}

void append_texts(Conversation& conversation, const Json& message, std::size_t index,
                  const std::string& where) {
  const auto content = message.find("content");
  if (content == message.end() || content->is_null()) return;
  const auto append = [&](const std::string& text, std::optional<std::size_t> block) {
    if (!text.empty()) conversation.texts.push_back({index, block, PartKind::kContext, text});
  };
  if (content->is_string()) {
    append(content->get<std::string>(), std::nullopt);
  } else if (content->is_array()) {
    for (std::size_t block = 0; block < content->size(); ++block) {
      const Json& one = (*content)[block];
      if (is_text_block(one)) append(one["text"].get<std::string>(), block);
    }
  } else {
    refuse(where, index, "has a content that is neither text nor a list of blocks");
  }
}

std::string role_of(const Json& messages, std::size_t index, const std::string& where) {
  const Json& message = messages[index];
  if (!message.is_object()) refuse(where, index, "is no object");
  const auto role = message.find("role");
  if (role == message.end() || !role->is_string()) refuse(where, index, "has no role");
  return role->get<std::string>();
}

PromptText text_of(const Conversation& conversation, bool compress_system) {
  PromptText joined;
  joined.apart = true;
  joined.rate = conversation.rate;
  joined.target_tokens = conversation.target_tokens;
  for (const auto& one : conversation.texts) {
    if (!joined.parts.empty()) joined.text += "\n\n";
    const std::size_t begin = joined.text.size();
    joined.text += one.text;
    const bool as_others = compress_system && one.kind == PartKind::kInstruction;
    joined.parts.push_back(
        {as_others ? PartKind::kContext : one.kind, {begin, joined.text.size()}, one.message});
  }
  return joined;
}

// Kept ranges by text, in bytes of each.
std::vector<std::vector<ByteRange>> ranges_by_text(const CompressResult& whole) {
  std::vector<std::vector<ByteRange>> ranges(whole.parts.size());
  std::size_t part = 0;
  for (const auto& range : whole.kept) {
    while (whole.parts[part].bytes.end <= range.begin) ++part;
    const std::size_t begin = whole.parts[part].bytes.begin;
    ranges[part].push_back({range.begin - begin, range.end - begin});
  }
  return ranges;
}

}  // namespace

bool is_conversation(const Json& json) { return json.is_object() && json.contains("messages"); }

Conversation conversation_from_json(const Json& json, const std::string& where,
                                    const std::string& source) {
  Conversation conversation;
  conversation.source = source.empty() ? dump_json(json) : source;
  conversation.request = json.is_array() ? Json{{"messages", json}} : json;
  if (!is_conversation(conversation.request) || !conversation.request["messages"].is_array() ||
      conversation.request["messages"].empty()) {
    throw Error(ErrorKind::kData, where + ": there are no messages",
                "write {\"messages\": [{\"role\": \"user\", \"content\": \"...\"}]}");
  }
  const Json& messages = conversation.request["messages"];
  std::optional<std::size_t> question;
  std::vector<std::string> roles;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    roles.push_back(role_of(messages, i, where));
    append_texts(conversation, messages[i], i, where);
    if (roles[i] == "user") question = i;
  }
  for (auto& text : conversation.texts) {
    const std::string& role = roles[text.message];
    if (role == "system" || role == "developer") text.kind = PartKind::kInstruction;
    if (text.message == question) text.kind = PartKind::kQuestion;
  }
  const Prompt budget =
      prompt_from_json({{"rate", conversation.request.value("rate", Json())},
                        {"target_tokens", conversation.request.value("target_tokens", Json())}},
                       where);
  conversation.rate = budget.rate;
  conversation.target_tokens = budget.target_tokens;
  return conversation;
}

ChatResult compress_chat(const Conversation& conversation, const CompressOptions& options,
                         const Tokenizer& tokenizer, const LanguageModel& model) {
  if (options.mode == CompressMode::kReference) {
    throw Error(ErrorKind::kUsage, "reference mode has no conversations",
                "choose --mode lingua or --mode paper");
  }
  if (options.reorder != ContextOrder::kGiven) {
    throw Error(ErrorKind::kUsage, "messages of a conversation are not reordered",
                "leave out --reorder");
  }
  PromptText text = text_of(conversation, options.compress_system);
  hold_parts(text, options, "message", conversation.request["messages"].size());
  if (is_ranked(options)) {
    set_wanted(text, rank_contexts_of(text, options.rank, tokenizer, coarse(model)));
  }
  ChatResult result;
  result.whole = compress_text(text, options, tokenizer, model);
  const auto ranges = ranges_by_text(result.whole);
  std::vector<std::string> texts;
  result.kept = Json::array();
  for (std::size_t i = 0; i < conversation.texts.size(); ++i) {
    const MessageText& place = conversation.texts[i];
    texts.push_back(extract(place.text, ranges[i]));
    Json entry = {{"message", place.message}};
    if (place.block) entry["block"] = *place.block;
    entry["ranges"] = Json::array();
    for (const auto& range : ranges[i]) entry["ranges"].push_back({range.begin, range.end});
    result.kept.push_back(std::move(entry));
  }
  result.request = request_with(conversation, texts);
  const Json request = parse_json(result.request, "the result", ErrorKind::kInternal);
  result.messages = request.is_array() ? request : request["messages"];
  return result;
}

Json to_json(const ChatResult& result) {
  const Json whole = to_json(result.whole);
  Json json = {{"messages", result.messages}};
  for (const auto& [name, value] : whole.items()) {
    if (name == "compressed_prompt") continue;
    json[name] = name == "kept" ? result.kept : value;
  }
  return json;
}

Json to_json_with_tokens(const ChatResult& result) {
  Json json = to_json(result);
  const Json whole = to_json_with_tokens(result.whole);
  for (const char* name : {"parts", "tokens"}) json[name] = whole[name];
  return json;
}

}  // namespace lingua

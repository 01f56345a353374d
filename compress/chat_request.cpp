#include "compress/chat_request.h"

#include "compress/json_places.h"
#include "support/json.h"

namespace lingua {
namespace {

// Whether a message can be left out when its text is gone: what else it carries, calls of tools and
// their answers, belongs to other messages.
bool is_only_text(const Json& message) {
  for (const auto& [name, value] : message.items()) {
    if (name != "role" && name != "name" && name != "content") return false;
  }
  return true;
}

std::string part_of(const std::string& text, const ByteRange& bytes) {
  return text.substr(bytes.begin, bytes.end - bytes.begin);
}

class Rewriter {
 public:
  Rewriter(const Conversation& conversation, const std::vector<std::string>& texts)
      : conversation_(conversation), source_(conversation.source), texts_(texts) {}

  std::string run() {
    const ByteRange root = value_at(source_, 0);
    const bool is_list = source_[root.begin] == '[';
    const ByteRange list = is_list ? root : member_at(source_, root.begin, "messages");
    const auto elements = elements_at(source_, list.begin);
    std::vector<std::string> messages;
    for (const auto& element : elements) messages.push_back(message(element, messages.size()));
    const std::string rewritten = list_with(source_, list, elements, messages);
    return is_list ? rewritten : exchanged(source_, root, list, rewritten);
  }

 private:
  // The message at `bytes` with its texts; empty where it goes.
  std::string message(const ByteRange& bytes, std::size_t index) {
    const std::size_t first = next_;
    while (next_ < texts_.size() && conversation_.texts[next_].message == index) ++next_;
    bool changed = false;
    for (std::size_t i = first; i < next_; ++i) changed = changed || is_changed(i);
    if (!changed) return part_of(source_, bytes);
    const ByteRange content = member_at(source_, bytes.begin, "content");
    const bool is_list = source_[content.begin] == '[';
    const std::string rewritten = is_list ? blocks(content, first) : dump_json(texts_[first]);
    const bool is_empty = is_list ? parse_json(rewritten, "blocks", ErrorKind::kInternal).empty()
                                  : texts_[first].empty();
    const Json& whole = conversation_.request["messages"][index];
    if (is_empty && is_only_text(whole)) return "";
    return exchanged(source_, bytes, content, rewritten);
  }

  // The list of blocks at `content` with the texts from `text` on.
  std::string blocks(const ByteRange& content, std::size_t text) const {
    const auto elements = elements_at(source_, content.begin);
    std::vector<std::string> rewritten;
    for (std::size_t i = 0; i < elements.size(); ++i) {
      rewritten.push_back(part_of(source_, elements[i]));
      if (text >= next_ || conversation_.texts[text].block != i) continue;
      const ByteRange value = member_at(source_, elements[i].begin, "text");
      if (texts_[text].empty()) {
        rewritten.back().clear();
      } else if (is_changed(text)) {
        rewritten.back() = exchanged(source_, elements[i], value, dump_json(texts_[text]));
      }
      ++text;
    }
    return list_with(source_, content, elements, rewritten);
  }

  bool is_changed(std::size_t text) const { return texts_[text] != conversation_.texts[text].text; }

  const Conversation& conversation_;
  const std::string& source_;
  const std::vector<std::string>& texts_;
  std::size_t next_ = 0;  // the first text of the messages to come
};

}  // namespace

std::string request_with(const Conversation& conversation, const std::vector<std::string>& texts) {
  return Rewriter(conversation, texts).run();
}

}  // namespace lingua

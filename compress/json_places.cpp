#include "compress/json_places.h"

#include <algorithm>

#include "support/json.h"

namespace lingua {
namespace {

std::size_t skip_space(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

std::size_t end_of_string(std::string_view text, std::size_t quote) {
  std::size_t at = quote + 1;
  while (text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return at + 1;
}

// The end of the list or object that begins at `open`.
std::size_t end_of_brackets(std::string_view text, std::size_t open) {
  std::size_t depth = 0;
  for (std::size_t at = open;;) {
    const char c = text[at];
    at = c == '"' ? end_of_string(text, at) : at + 1;
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && --depth == 0) return at;
  }
}

std::string_view part_of(std::string_view text, const ByteRange& bytes) {
  return text.substr(bytes.begin, bytes.end - bytes.begin);
}

}  // namespace

ByteRange value_at(std::string_view text, std::size_t at) {
  at = skip_space(text, at);
  if (text[at] == '"') return {at, end_of_string(text, at)};
  if (text[at] == '[' || text[at] == '{') return {at, end_of_brackets(text, at)};
  return {at, std::min(text.find_first_of(" \t\r\n,]}", at), text.size())};
}

std::vector<ByteRange> elements_at(std::string_view text, std::size_t at) {
  std::vector<ByteRange> elements;
  for (at = skip_space(text, at + 1); text[at] != ']';) {
    elements.push_back(value_at(text, at));
    at = skip_space(text, elements.back().end);
    if (text[at] == ',') at = skip_space(text, at + 1);
  }
  return elements;
}

ByteRange member_at(std::string_view text, std::size_t at, std::string_view key) {
  for (at = skip_space(text, at + 1); text[at] != '}';) {
    const ByteRange name = value_at(text, at);
    const ByteRange value = value_at(text, skip_space(text, name.end) + 1);  // behind the colon
    if (parse_json(part_of(text, name), "a key", ErrorKind::kInternal) == Json(key)) return value;
    at = skip_space(text, value.end);
    if (text[at] == ',') at = skip_space(text, at + 1);
  }
  return {};
}

std::string list_with(std::string_view text, const ByteRange& list,
                      const std::vector<ByteRange>& elements,
                      const std::vector<std::string>& texts) {
  if (elements.empty()) return std::string(part_of(text, list));
  std::string result(part_of(text, {list.begin, elements.front().begin}));
  bool any = false;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (texts[i].empty()) continue;
    if (any) result += part_of(text, {elements[i - 1].end, elements[i].begin});
    result += texts[i];
    any = true;
  }
  return result.append(part_of(text, {elements.back().end, list.end}));
}

std::string exchanged(std::string_view text, const ByteRange& whole, const ByteRange& part,
                      std::string_view replacement) {
  std::string result(part_of(text, {whole.begin, part.begin}));
  return result.append(replacement).append(part_of(text, {part.end, whole.end}));
}

}  // namespace lingua

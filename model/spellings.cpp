#include "model/spellings.h"

#include <algorithm>

namespace lingua {

SpellingMatcher::SpellingMatcher(std::vector<Spelling> spellings) {
  std::stable_sort(spellings.begin(), spellings.end(), [](const Spelling& a, const Spelling& b) {
    return a.text.size() > b.text.size();
  });
  for (Spelling& spelling : spellings) {
    const auto first = static_cast<unsigned char>(spelling.text.front());
    by_first_byte_[first].push_back(std::move(spelling));
  }
}

const Spelling* SpellingMatcher::longest_at(std::string_view rest) const {
  for (const Spelling& spelling : by_first_byte_[static_cast<unsigned char>(rest.front())]) {
    if (rest.starts_with(spelling.text)) return &spelling;
  }
  return nullptr;
}

std::vector<TextPart> SpellingMatcher::split(std::string_view text) const {
  std::vector<TextPart> parts;
  std::size_t plain = 0;  // where the plain text before `at` begins
  for (std::size_t at = 0; at < text.size();) {
    const Spelling* spelling = longest_at(text.substr(at));
    if (spelling == nullptr) {
      ++at;
      continue;
    }
    if (at > plain) parts.push_back({{plain, at}, -1});
    parts.push_back({{at, at + spelling->text.size()}, spelling->id});
    at += spelling->text.size();
    plain = at;
  }
  if (plain < text.size()) parts.push_back({{plain, text.size()}, -1});
  return parts;
}

}  // namespace lingua

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

TextPart SpellingMatcher::find(std::string_view text, std::size_t from) const {
  for (std::size_t at = from; at < text.size(); ++at) {
    const Spelling* spelling = longest_at(text.substr(at));
    if (spelling != nullptr) return {{at, at + spelling->text.size()}, spelling->id};
  }
  return {{text.size(), text.size()}, -1};
}

std::vector<TextPart> SpellingMatcher::split(std::string_view text) const {
  std::vector<TextPart> parts;
  for (std::size_t done = 0; done < text.size();) {
    const TextPart found = find(text, done);
    if (found.range.begin > done) parts.push_back({{done, found.range.begin}, -1});
    if (found.id >= 0) parts.push_back(found);
    done = found.range.end;
  }
  return parts;
}

}  // namespace lingua

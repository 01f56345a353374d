#include "eval/recall.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "compress/words.h"
#include "eval/fidelity_prompt.h"

namespace lingua {
namespace {

using Counts = std::map<std::string, std::size_t, std::less<>>;

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

bool has_digit(std::string_view word) {
  return std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Whether a sentence or a line starts at `at`.
bool starts_sentence(std::string_view text, std::size_t at) {
  const auto last = text.find_last_not_of(" \t\"'([*", at == 0 ? 0 : at - 1);
  return at == 0 || last == std::string_view::npos ||
         std::string_view(".!?:\n\r").find(text[last]) != std::string_view::npos;
}

// Calls `take` with each word of `text` and where it begins.
template <class Take>
void each_word(const std::string& text, Take&& take) {
  for (const ByteRange& range : words_in(text)) {
    if (!continues_word(text, range.begin)) continue;
    take(text.substr(range.begin, range.end - range.begin), range.begin);
  }
}

Counts word_counts(const std::string& text) {
  Counts counts;
  each_word(text, [&](const std::string& word, std::size_t) { ++counts[word]; });
  return counts;
}

std::size_t count_of(const Counts& counts, const std::string& word) {
  const auto found = counts.find(word);
  return found == counts.end() ? 0 : found->second;
}

}  // namespace

Recall recall_of(const Prompt& prompt, const std::string& answer, const std::string& compressed) {
  const std::string context = context_text(prompt);
  const Counts fixed = word_counts(text_without_context(prompt)), left = word_counts(compressed);
  const auto still = [&](const std::string& word) {
    const std::size_t all = count_of(left, word), own = count_of(fixed, word);
    return all > own ? all - own : 0;
  };
  Counts numbers, names;
  std::set<std::string> in_context;
  each_word(context, [&](const std::string& word, std::size_t at) {
    in_context.insert(word);
    if (has_digit(word)) ++numbers[word];
    if (is_capital(word[0]) && word.size() > 1 && !starts_sentence(context, at)) ++names[word];
  });
  Recall recall;
  for (const auto& [word, count] : numbers) {
    recall.numbers.add({std::min(count, still(word)), count});
  }
  for (const auto& [word, count] : names) recall.names.add({std::min(count, still(word)), count});
  for (const auto& [word, count] : word_counts(answer)) {
    if (in_context.contains(word)) {
      recall.answer.add({std::min<std::size_t>(1, still(word)), 1});
    }
  }
  return recall;
}

}  // namespace lingua

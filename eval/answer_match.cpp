#include <algorithm>
#include <cctype>
#include <vector>

#include "eval/end_task.h"

namespace lingua {
namespace {

// Bytes of other scripts count as letters.
bool is_word_byte(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value >= 0x80 || std::isalnum(value) != 0;
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  const auto finish = [&] {
    if (!word.empty() && word != "a" && word != "an" && word != "the") words.push_back(word);
    word.clear();
  };
  for (const char byte : text) {
    if (is_word_byte(byte)) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
    } else if (std::isspace(static_cast<unsigned char>(byte)) != 0) {
      finish();
    }
  }
  finish();
  return words;
}

}  // namespace

AnswerMatch match_answer(const std::string& answer, const std::string& expected) {
  const auto said = words_of(answer), wanted = words_of(expected);
  const auto found = std::search(said.begin(), said.end(), wanted.begin(), wanted.end());
  return {said == wanted, !wanted.empty() && found != said.end()};
}

}  // namespace lingua

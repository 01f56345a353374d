#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "compress/prompt.h"

namespace lingua {

// Random choices of a test, the same for the same seed.
class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}

  int number(int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(engine_);
  }

  // True one time in `of`.
  bool chance(int of) { return number(1, of) == 1; }

  template <class T>
  const T& one_of(const std::vector<T>& things) {
    return things[static_cast<std::size_t>(number(0, static_cast<int>(things.size()) - 1))];
  }

 private:
  std::mt19937 engine_;
};

// Pieces of text in several scripts, with marks that combine, emoji of several characters, what
// tokenizers treat in their own way, and what can be protected.
inline const std::vector<std::string>& text_pieces() {
  static const std::vector<std::string> pieces = {"the ",
                                                  "answer ",
                                                  "forty-two. ",
                                                  "Q: ",
                                                  "3 + 4 = 7",
                                                  "\n",
                                                  " ",
                                                  "compress",
                                                  "ion ",
                                                  "\t",
                                                  "(a, b) ",
                                                  "\u00e9t\u00e9 ",
                                                  "e\u0301",
                                                  "\u6f22\u5b57",
                                                  "\u3072\u3089\u304c\u306a",
                                                  "\u0440\u0443\u0441\u0441\u043a\u0438\u0439 ",
                                                  "\u0627\u0644\u0639 ",
                                                  "\u0e44\u0e17\u0e22",
                                                  "\u0915\u094d\u0937",
                                                  "\U0001F600",
                                                  "\U0001F468\u200D\U0001F469\u200D\U0001F467",
                                                  "\u00a0",
                                                  "\uFFFD",
                                                  "<|im_end|>",
                                                  "1234567890",
                                                  "\r\n",
                                                  "\n\n",
                                                  "see https://a.org/b?c=1. ",
                                                  "-12.5 % ",
                                                  "{name} ",
                                                  "`f(x)` ",
                                                  "\n```\nx = 1\n```\n"};
  return pieces;
}

inline std::string random_text(Random& random, int least, int most) {
  std::string text;
  for (int left = random.number(least, most); left > 0; --left) {
    text += random.one_of(text_pieces());
  }
  return text;
}

// One to six contexts of which the first is not empty, perhaps an instruction and a question.
inline Prompt random_prompt(Random& random) {
  Prompt prompt;
  if (random.chance(2)) prompt.instruction = random_text(random, 1, 12);
  const int contexts = random.number(1, 6);
  for (int i = 0; i < contexts; ++i) {
    prompt.context.push_back(random_text(random, i == 0 ? 1 : 0, 60));
  }
  if (random.chance(2)) prompt.question = random_text(random, 1, 12);
  return prompt;
}

}  // namespace lingua

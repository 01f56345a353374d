#pragma once

#include <cstddef>
#include <string>

#include "compress/prompt.h"

namespace lingua {

// How many of some things are still there.
struct Share {
  std::size_t kept = 0;
  std::size_t all = 0;

  void add(const Share& other) {
    kept += other.kept;
    all += other.all;
  }
};

// What a compressed prompt still spells out of its contexts.
struct Recall {
  Share numbers;  // words with a digit, each time that they stand there
  Share names;    // words in capitals (A to Z) where no sentence starts, each time
  Share answer;   // words of the answer that the contexts have, each once

  void add(const Recall& other) {
    numbers.add(other.numbers);
    names.add(other.names);
    answer.add(other.answer);
  }
};

// Of `compressed`, which holds what is left of all of `prompt`: words are those of words_in()
// (compress/words.h), compared as they are spelled. What instruction and question say themselves
// does not count.
Recall recall_of(const Prompt& prompt, const std::string& answer, const std::string& compressed);

}  // namespace lingua

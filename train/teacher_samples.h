#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/example.h"
#include "data/sample.h"
#include "train/answer_tokens.h"
#include "train/predictions.h"
#include "train/sample_choices.h"
#include "train/teacher.h"
#include "train/token_table.h"

namespace lingua {

// Samples of the model that learns as a teacher with another tokenizer and template reads them,
// matched by the bytes of the answers as recorded choices are (recorded.h).
class TeacherSamples {
 public:
  // Throws Error(kInternal) when `samples` are not those of `examples`. `teacher`, and `tokenizer`
  // and `chat` of the model that learns, must outlive this.
  TeacherSamples(const Teacher& teacher, std::span<const Example> examples,
                 std::span<const Sample> samples, const Tokenizer& tokenizer,
                 const ChatTemplate& chat);

  // How many target tokens the teacher has something to say about; not with what mass.
  const Coverage& coverage() const { return coverage_; }

  // Runs the teacher over the samples of the given places and returns what it would go on with at
  // each, softmax(logits / temperature), as tokens of the model that learns: the 64 most likely
  // tokens. Empty where no token of the teacher begins.
  std::vector<std::vector<TokenMass>> choices(std::span<const TokenPlace> places,
                                              double temperature);

 private:
  // A token of a sample, and the teacher's token that begins at the same byte.
  struct Match {
    std::size_t token = 0;    // index in the sample's ids
    TokenId target = 0;       // that id
    std::size_t written = 0;  // index in the teacher's ids, > 0
    TokenId written_id = 0;   // that id
    bool at_start = false;    // of the answer
  };
  struct OneSample {
    std::vector<TokenId> ids;    // as the teacher reads the example, up to the last match
    std::vector<Match> matches;  // by rising token
  };
  // Some samples end to end, and the rows that say something about places.
  struct Pass {
    std::vector<int64_t> ids, lengths, rows;
    std::vector<const Match*> matches;  // one a row
    std::vector<std::size_t> places;    // one a row: index of the place
  };

  OneSample match(const Example& example, const Sample& sample, const AnswerTokens& answer) const;
  Pass plan(std::span<const TokenPlace> places) const;
  std::vector<TokenMass> translate(const int64_t* ids, const float* masses, int64_t count,
                                   const Match& match);

  const Teacher& teacher_;
  TokenTable table_;
  std::vector<OneSample> samples_;
  Coverage coverage_;
};

}  // namespace lingua

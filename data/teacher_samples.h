#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/answer_tokens.h"
#include "data/example.h"
#include "data/sample.h"
#include "data/sample_choices.h"
#include "data/token_table.h"

namespace lingua {

// Samples of the model that learns as a teacher with another tokenizer and template reads them,
// matched by the bytes of the answers as recorded choices are (recorded_choices.h). Whoever uses
// it runs the teacher itself: over a Pass, for the likely tokens at its rows.
class TeacherSamples {
 public:
  // A token of a sample, and the teacher's token that begins at the same byte.
  struct Match {
    std::size_t token = 0;    // index in the sample's ids
    TokenId target = 0;       // that id
    std::size_t written = 0;  // index in the teacher's ids, > 0
    TokenId written_id = 0;   // that id
    bool at_start = false;    // of the answer
  };
  // Some samples end to end in the teacher's ids, and the rows that say something about places.
  struct Pass {
    std::vector<int64_t> ids, lengths, rows;
    std::vector<const Match*> matches;  // one a row
    std::vector<std::size_t> places;    // one a row: index of the place
    std::size_t asked = 0;              // places, with those of which no row says anything
  };

  // Throws Error(kInternal) when `samples` are not those of `examples`. What `teacher` names, and
  // `tokenizer` and `chat` of the model that learns, must outlive this.
  TeacherSamples(const TeacherText& teacher, std::span<const Example> examples,
                 std::span<const Sample> samples, const Tokenizer& tokenizer,
                 const ChatTemplate& chat);

  // How many target tokens the teacher has something to say about; not with what mass.
  const Coverage& coverage() const { return coverage_; }

  // What the teacher is to read to say something about the places. Valid as long as this.
  Pass plan(std::span<const TokenPlace> places) const;

  // `likely`: what the teacher would go on with at each row of `pass`, in its tokens. The same as
  // tokens of the model that learns, a row a place that was asked for; empty where no token of the
  // teacher begins.
  std::vector<std::vector<TokenMass>> translate(const Pass& pass,
                                                std::span<const std::vector<TokenMass>> likely);

 private:
  struct OneSample {
    std::vector<TokenId> ids;    // as the teacher reads the example, up to the last match
    std::vector<Match> matches;  // by rising token
  };

  OneSample match(const TeacherText& teacher, const Example& example, const Sample& sample,
                  const AnswerTokens& answer) const;
  std::vector<TokenMass> translate(std::span<const TokenMass> likely, const Match& match);

  TokenTable table_;
  std::vector<OneSample> samples_;
  Coverage coverage_;
};

}  // namespace lingua

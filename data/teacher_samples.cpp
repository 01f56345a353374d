#include "data/teacher_samples.h"

#include <algorithm>
#include <map>
#include <utility>

#include "support/interrupt.h"

namespace lingua {
namespace {

// Whether the token of the sample begins where the teacher's does and reaches no further.
bool matches(const AnswerToken& own, const AnswerToken& teachers) {
  return own.message == teachers.message && own.ends_answer == teachers.ends_answer &&
         own.bytes.begin == teachers.bytes.begin && own.bytes.end <= teachers.bytes.end;
}

bool is_before(const AnswerToken& a, const AnswerToken& b) {
  return std::pair(a.message, a.bytes.begin) < std::pair(b.message, b.bytes.begin);
}

}  // namespace

TeacherSamples::TeacherSamples(const TeacherText& teacher, std::span<const Example> examples,
                               std::span<const Sample> samples, const Tokenizer& tokenizer,
                               const ChatTemplate& chat)
    : table_(teacher, tokenizer, chat) {
  for (const Sample& sample : samples) {
    throw_if_interrupted();
    const Example& example = examples[sample.example];
    const AnswerTokens answer = answer_tokens(example, tokenizer, chat);
    require_same_ids(sample, answer);
    samples_.push_back(match(teacher, example, sample, answer));
    coverage_.targets += sample.target_tokens;
    coverage_.scored += samples_.back().matches.size();
  }
}

TeacherSamples::OneSample TeacherSamples::match(const TeacherText& teacher, const Example& example,
                                                const Sample& sample,
                                                const AnswerTokens& answer) const {
  AnswerTokens read = answer_tokens(example, teacher.tokenizer, teacher.chat);
  const auto context = static_cast<std::size_t>(teacher.context);
  OneSample result;
  auto teachers = read.tokens.begin();
  for (const AnswerToken& own : answer.tokens) {
    if (own.index >= sample.ids.size() || sample.target[own.index] == 0) continue;
    while (teachers != read.tokens.end() && is_before(*teachers, own)) ++teachers;
    if (teachers == read.tokens.end() || teachers->index > context) break;
    if (!matches(own, *teachers) || teachers->index == 0) continue;
    result.matches.push_back({own.index, sample.ids[own.index], teachers->index,
                              read.ids[teachers->index], own.bytes.begin == 0 && !own.ends_answer});
  }
  // A row predicts the token behind it, so the last match's own token is not run.
  read.ids.resize(result.matches.empty() ? 0 : result.matches.back().written);
  result.ids = std::move(read.ids);
  return result;
}

TeacherSamples::Pass TeacherSamples::plan(std::span<const TokenPlace> places) const {
  Pass pass;
  pass.asked = places.size();
  std::map<std::size_t, std::size_t> begin_of;  // sample -> where it begins in the pass
  for (std::size_t i = 0; i < places.size(); ++i) {
    const OneSample& sample = samples_.at(places[i].sample);
    const auto match =
        std::lower_bound(sample.matches.begin(), sample.matches.end(), places[i].token,
                         [](const Match& m, std::size_t token) { return m.token < token; });
    if (match == sample.matches.end() || match->token != places[i].token) continue;
    const auto [begin, is_new] = begin_of.try_emplace(places[i].sample, pass.ids.size());
    if (is_new) {
      pass.ids.insert(pass.ids.end(), sample.ids.begin(), sample.ids.end());
      pass.lengths.push_back(static_cast<int64_t>(sample.ids.size()));
    }
    pass.rows.push_back(static_cast<int64_t>(begin->second + match->written) - 1);
    pass.matches.push_back(&*match);
    pass.places.push_back(i);
  }
  return pass;
}

std::vector<TokenMass> TeacherSamples::translate(std::span<const TokenMass> likely,
                                                 const Match& match) {
  std::vector<TokenMass> choices;
  for (const TokenMass& choice : likely) {
    // What the written token begins with is known from the text.
    const TokenId own = choice.token == match.written_id
                            ? match.target
                            : table_.first(choice.token, match.at_start);
    if (own >= 0 && choice.mass > 0) add_mass(choices, own, choice.mass);
  }
  return choices;
}

std::vector<std::vector<TokenMass>> TeacherSamples::translate(
    const Pass& pass, std::span<const std::vector<TokenMass>> likely) {
  std::vector<std::vector<TokenMass>> result(pass.asked);
  for (std::size_t row = 0; row < pass.rows.size(); ++row) {
    result[pass.places[row]] = translate(likely[row], *pass.matches[row]);
  }
  return result;
}

}  // namespace lingua

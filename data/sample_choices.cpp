#include "data/sample_choices.h"

#include <algorithm>

namespace lingua {

void SampleChoices::add(std::size_t token, std::span<const TokenMass> choices) {
  OneSample& sample = samples_.back();
  sample.choices.insert(sample.choices.end(), choices.begin(), choices.end());
  sample.rows.push_back(
      {static_cast<uint32_t>(token), static_cast<uint32_t>(sample.choices.size())});
}

ChoiceRow SampleChoices::at(std::size_t sample, std::size_t token) const {
  const OneSample& one = samples_.at(sample);
  const auto row = std::lower_bound(one.rows.begin(), one.rows.end(), token,
                                    [](const Row& r, std::size_t t) { return r.token < t; });
  if (row == one.rows.end() || row->token != token) return {};
  const std::size_t begin = row == one.rows.begin() ? 0 : std::prev(row)->end;
  return ChoiceRow(one.choices).subspan(begin, row->end - begin);
}

void add_mass(std::vector<TokenMass>& choices, TokenId token, double mass) {
  const auto known = std::find_if(choices.begin(), choices.end(),
                                  [token](const TokenMass& c) { return c.token == token; });
  if (known == choices.end()) {
    choices.push_back({token, static_cast<float>(mass)});
  } else {
    known->mass += static_cast<float>(mass);
  }
}

}  // namespace lingua

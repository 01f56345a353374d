#include "compress/join.h"

namespace lingua {

Layout join_units(const Layout& pieces, ForcedUnits forced, const std::vector<bool>& begins) {
  Layout joined = pieces;
  joined.units.clear();
  for (auto& part : joined.parts) {
    const std::size_t begin = part.first_unit, end = part.end_unit;
    part.first_unit = joined.units.size();
    for (std::size_t i = begin; i < end; ++i) {
      const Unit& piece = pieces.units[i];
      const bool alike = i > begin && (forced == ForcedUnits::kTogether ||
                                       piece.forced == joined.units.back().forced);
      if (alike && !begins[i]) {
        Unit& whole = joined.units.back();
        whole.bytes.end = piece.bytes.end;
        whole.end_token = piece.end_token;
        whole.forced = whole.forced || piece.forced;
      } else {
        joined.units.push_back(piece);
      }
    }
    part.end_unit = joined.units.size();
  }
  return joined;
}

std::vector<std::size_t> places_in(const Layout& pieces, const Layout& joined) {
  std::vector<std::size_t> result;
  std::size_t place = 0;
  for (const Unit& piece : pieces.units) {
    while (joined.units[place].bytes.end <= piece.bytes.begin) ++place;
    result.push_back(place);
  }
  return result;
}

std::vector<bool> flags_of_pieces(const std::vector<bool>& of_joined,
                                  const std::vector<std::size_t>& places) {
  std::vector<bool> flags;
  for (const std::size_t place : places) flags.push_back(of_joined[place]);
  return flags;
}

Ranking spread(const Ranking& of_joined, const std::vector<std::size_t>& places) {
  Ranking pieces(places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    pieces.loss[i] = of_joined.loss[places[i]];
    pieces.score[i] = of_joined.score[places[i]];
    pieces.threshold[i] = of_joined.threshold[places[i]];
    pieces.margin[i] = of_joined.margin[places[i]];
    pieces.kept[i] = of_joined.kept[places[i]];
    pieces.candidate[i] = of_joined.candidate[places[i]];
  }
  pieces.token_loss = of_joined.token_loss;
  pieces.token_given = of_joined.token_given;
  return pieces;
}

}  // namespace lingua

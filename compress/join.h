#pragma once

#include <cstddef>
#include <vector>

#include "compress/layout.h"
#include "compress/ranking.h"

namespace lingua {

// What becomes of forced units among others.
enum class ForcedUnits {
  kApart,     // they are never joined with what may go
  kTogether,  // what they are joined with stays too
};

// The layout with neighbouring units of a part joined to larger ones. `begins` has a flag a unit:
// whether a new one begins there; the first of a part begins one in any case.
Layout join_units(const Layout& pieces, ForcedUnits forced, const std::vector<bool>& begins);

// For each unit of `pieces` the unit of `joined`, made of them, that it went into.
std::vector<std::size_t> places_in(const Layout& pieces, const Layout& joined);

// The flag of each unit's place.
std::vector<bool> flags_of_pieces(const std::vector<bool>& of_joined,
                                  const std::vector<std::size_t>& places);

// What the ranking of joined units says about their pieces.
Ranking spread(const Ranking& of_joined, const std::vector<std::size_t>& places);

}  // namespace lingua

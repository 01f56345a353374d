#pragma once

#include <cstdint>
#include <vector>

#include "compress/layout.h"
#include "compress/ranking.h"
#include "model/tokenizer.h"

namespace lingua {

// Throws Error(kData) that names both numbers when the units of instruction and question that must
// stay (one flag a unit) alone have more than `target` tokens.
void require_possible(const Layout& layout, const std::vector<bool>& must_stay, int64_t target,
                      const Tokenizer& tokenizer);

// Moves the mode's choice to the budget: orders the candidates (kept ones first, then by margin,
// then by place), finds how many of them the re-encoded output has room for within `target`
// tokens, fills what is left with single units further down, and exchanges units where it must.
// Never above `target`, unless forced units alone are or nothing else would keep the output from
// being empty; below it only where no unit fits the gap. Where the candidates are not enough, the
// others are taken too. Returns one flag a unit.
std::vector<bool> fit_to_budget(const Layout& layout, const Ranking& ranking, int64_t target,
                                const Tokenizer& tokenizer);

// The same for several layouts of one text, each made of the units of the next (compress/join.h):
// `ranking` is that of the first. Its units stay whole as long as they come to within two tokens or
// 1 % of the target, else some of those of the next layout fill the gap, and so on. Returns one
// flag a unit of the last.
std::vector<bool> fit_coarse_first(const std::vector<Layout>& layouts, Ranking ranking,
                                   int64_t target, const Tokenizer& tokenizer);

}  // namespace lingua

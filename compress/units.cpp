#include "compress/units.h"

#include "compress/join.h"
#include "compress/phrases.h"
#include "compress/sentences.h"
#include "compress/words.h"

namespace lingua {

std::vector<Layout> unit_layouts(const Layout& pieces, const CompressOptions& options) {
  if (!options.token_level) {
    const auto forced =
        options.form == PromptForm::kJson ? ForcedUnits::kApart : ForcedUnits::kTogether;
    if (has_sentence_level(options)) return {join_sentences(pieces, forced)};
    return {join_units(pieces, forced, std::vector<bool>(pieces.units.size(), false))};
  }
  const UnitKind kind = unit_kind(options);
  if (kind == UnitKind::kToken) return {pieces};
  Layout words = join_words(pieces);
  if (kind == UnitKind::kWord) return {std::move(words), pieces};
  Layout phrases = join_phrases(words);
  return {std::move(phrases), std::move(words), pieces};
}

}  // namespace lingua

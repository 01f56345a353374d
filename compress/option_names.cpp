#include "compress/option_names.h"

#include <utility>
#include <vector>

#include "support/error.h"
#include "support/text.h"

namespace lingua {
namespace {

template <class Value>
using Names = std::vector<std::pair<const char*, Value>>;

template <class Value>
Value value_of(const std::string& option, const Names<Value>& names, const std::string& name) {
  std::vector<std::string> known;
  for (const auto& [one, value] : names) {
    if (name == one) return value;
    known.emplace_back(one);
  }
  const std::string last = known.back();
  known.pop_back();
  throw Error(ErrorKind::kUsage, "--" + option + " " + name + " is not known",
              "choose " + join(known, ", ") + " or " + last);
}

const Names<CompressMode> kModes = {{"lingua", CompressMode::kLingua},
                                    {"paper", CompressMode::kPaper},
                                    {"reference", CompressMode::kReference}};

}  // namespace

CompressMode parse_mode(const std::string& name) { return value_of("mode", kModes, name); }

std::string mode_name(CompressMode mode) {
  for (const auto& [name, value] : kModes) {
    if (value == mode) return name;
  }
  throw Error(ErrorKind::kInternal, "a mode without a name");
}

UnitKind parse_units(const std::string& name) {
  return value_of<UnitKind>(
      "units",
      {{"token", UnitKind::kToken}, {"word", UnitKind::kWord}, {"phrase", UnitKind::kPhrase}},
      name);
}

TokenScore parse_score(const std::string& name) {
  return value_of<TokenScore>("score",
                              {{"loss", TokenScore::kLoss},
                               {"question", TokenScore::kQuestion},
                               {"contrast", TokenScore::kContrast}},
                              name);
}

Effort parse_effort(const std::string& name) {
  return value_of<Effort>(
      "effort", {{"auto", Effort::kAuto}, {"low", Effort::kLow}, {"high", Effort::kHigh}}, name);
}

ContextRank parse_rank(const std::string& name) {
  return value_of<ContextRank>("rank",
                               {{"auto", ContextRank::kAuto},
                                {"perplexity", ContextRank::kPerplexity},
                                {"question", ContextRank::kQuestion},
                                {"bm25", ContextRank::kBm25},
                                {"embedding", ContextRank::kEmbedding},
                                {"given", ContextRank::kGiven}},
                               name);
}

ContextOrder parse_order(const std::string& name) {
  return value_of<ContextOrder>("reorder",
                                {{"given", ContextOrder::kGiven},
                                 {"rank", ContextOrder::kRank},
                                 {"ends", ContextOrder::kEnds}},
                                name);
}

PromptForm parse_form(const std::string& name) {
  return value_of<PromptForm>(
      "form",
      {{"plain", PromptForm::kPlain}, {"tagged", PromptForm::kTagged}, {"json", PromptForm::kJson}},
      name);
}

}  // namespace lingua

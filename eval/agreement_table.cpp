#include "eval/agreement_table.h"

#include "data/table.h"
#include "eval/figures.h"
#include "support/text.h"

namespace lingua {
namespace {

using Texts = std::span<const TextAgreement>;
using Indices = std::span<const std::size_t>;
using Kind = Agreement TextAgreement::*;

Agreement mean_over(Texts texts, Indices members, Kind kind) {
  Agreement sums;
  for (const std::size_t i : members) sums += texts[i].*kind;
  return mean_of(sums);
}

AgreementFigures figures_of(const Agreement& mean) { return {mean.kl, mean.top1}; }

AgreementChange change_of(Texts base, Texts aligned, Indices members, Kind kind,
                          const GainOptions& options) {
  const auto kl = [&](Indices draw) {
    return mean_over(base, draw, kind).kl - mean_over(aligned, draw, kind).kl;
  };
  const auto top1 = [&](Indices draw) {
    return mean_over(aligned, draw, kind).top1 - mean_over(base, draw, kind).top1;
  };
  return {figures_of(mean_over(base, members, kind)), kl(members),
          bootstrap_interval(members, options.resamples, options.seed, kl), top1(members),
          bootstrap_interval(members, options.resamples, options.seed, top1)};
}

void add_row(std::vector<AgreementRow>& rows, const std::string& with, Texts base, Texts aligned,
             Kind kind, const GainOptions& options) {
  std::vector<std::size_t> members;
  for (std::size_t i = 0; i < aligned.size(); ++i) {
    const bool in_base = base.empty() || (base[i].*kind).rows > 0;
    if (in_base && (aligned[i].*kind).rows > 0) members.push_back(i);
  }
  if (members.empty()) return;
  const Agreement mean = mean_over(aligned, members, kind);
  AgreementRow row{with, members.size(), mean.rows, mean.known_mass, figures_of(mean)};
  if (!base.empty()) row.change = change_of(base, aligned, members, kind, options);
  rows.push_back(std::move(row));
}

Json json_of(const AgreementFigures& figures) {
  return {{"kl", figures.kl}, {"top1", figures.top1}};
}

}  // namespace

std::vector<AgreementRow> agreement_table(Texts base, Texts aligned, const std::string& teacher,
                                          const GainOptions& options) {
  std::vector<AgreementRow> rows;
  add_row(rows, "recorded", base, aligned, &TextAgreement::recorded, options);
  add_row(rows, "teacher " + teacher, base, aligned, &TextAgreement::teacher, options);
  return rows;
}

std::string to_text(const std::vector<AgreementRow>& rows) {
  const bool has_base = !rows.empty() && rows.front().change;
  std::vector<TableRow> lines;
  for (const AgreementRow& row : rows) {
    TableRow line{row.with,
                  {std::to_string(row.texts), format_count(row.tokens), percent_text(row.mass)}};
    if (has_base) {
      const AgreementChange& change = *row.change;
      line.cells.insert(line.cells.end(),
                        {bits_text(change.base.kl), bits_text(row.aligned.kl), gain_text(change.kl),
                         interval_text(change.kl_interval), bits_text(change.base.top1),
                         bits_text(row.aligned.top1), gain_text(change.top1),
                         interval_text(change.top1_interval)});
    } else {
      line.cells.insert(line.cells.end(), {bits_text(row.aligned.kl), bits_text(row.aligned.top1)});
    }
    lines.push_back(std::move(line));
  }
  std::vector<std::string> headings = {"texts", "tokens", "covered"};
  if (has_base) {
    headings.insert(headings.end(), {"KL base", "aligned", "nearer", "95 % interval", "top-1 base",
                                     "aligned", "more", "95 % interval"});
  } else {
    headings.insert(headings.end(), {"KL", "top-1"});
  }
  return "agreement with the target's next tokens, KL in nats a token\n" + to_text(headings, lines);
}

Json to_json(const std::vector<AgreementRow>& rows) {
  Json list = Json::array();
  for (const AgreementRow& row : rows) {
    Json entry{{"with", row.with},
               {"texts", row.texts},
               {"tokens", row.tokens},
               {"mass", row.mass},
               {row.change ? "aligned" : "model", json_of(row.aligned)}};
    if (row.change) {
      entry["base"] = json_of(row.change->base);
      entry["kl_gain"] = row.change->kl;
      entry["kl_interval"] = {row.change->kl_interval.low, row.change->kl_interval.high};
      entry["top1_gain"] = row.change->top1;
      entry["top1_interval"] = {row.change->top1_interval.low, row.change->top1_interval.high};
    }
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace lingua

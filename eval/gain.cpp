#include "eval/gain.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <numeric>

#include "support/text.h"

namespace lingua {
namespace {

constexpr TargetLoss TextLosses::*kBase = &TextLosses::base;
constexpr TargetLoss TextLosses::*kAligned = &TextLosses::aligned;

double bits_of(std::span<const TextLosses> texts, std::span<const std::size_t> indices,
               TargetLoss TextLosses::*model) {
  TargetLoss total;
  for (const std::size_t index : indices) {
    const TargetLoss& loss = texts[index].*model;
    total.nats += loss.nats;
    total.bytes += loss.bytes;
  }
  return bits_per_byte(total);
}

GainRow make_row(std::span<const TextLosses> texts, const TextGroup& group,
                 const GainOptions& options) {
  GainRow row;
  row.name = group.name;
  row.texts = group.members.size();
  for (const std::size_t member : group.members) row.bytes += texts[member].aligned.bytes;
  row.aligned = bits_of(texts, group.members, kAligned);
  row.base = bits_of(texts, group.members, kBase);
  row.gain = row.base - row.aligned;
  row.gain_interval =
      bootstrap_interval(group.members, options.resamples, options.seed,
                         [&](std::span<const std::size_t> draw) { return gain_of(texts, draw); });
  return row;
}

void add_groups(std::vector<TextGroup>& groups, std::span<const TextLosses> texts,
                const std::string& kind, std::string TextLosses::*field) {
  std::map<std::string, std::vector<std::size_t>> members;
  for (std::size_t i = 0; i < texts.size(); ++i) members[texts[i].*field].push_back(i);
  if (members.size() < 2) return;
  for (auto& [name, indices] : members) {
    groups.push_back({kind + " " + (name.empty() ? "(none)" : name), std::move(indices)});
  }
}

}  // namespace

std::vector<TextGroup> text_groups(std::span<const TextLosses> texts) {
  std::vector<TextGroup> groups = {{"all", std::vector<std::size_t>(texts.size())}};
  std::iota(groups[0].members.begin(), groups[0].members.end(), std::size_t{0});
  add_groups(groups, texts, "source", &TextLosses::source);
  add_groups(groups, texts, "domain", &TextLosses::domain);
  return groups;
}

double gain_of(std::span<const TextLosses> texts, std::span<const std::size_t> indices) {
  return bits_of(texts, indices, kBase) - bits_of(texts, indices, kAligned);
}

std::vector<GainRow> gain_table(std::span<const TextLosses> texts, const GainOptions& options) {
  std::vector<GainRow> rows;
  for (const TextGroup& group : text_groups(texts)) {
    rows.push_back(make_row(texts, group, options));
  }
  return rows;
}

std::string to_text(std::span<const GainRow> rows, bool has_base) {
  std::size_t width = 12;
  for (const GainRow& row : rows) width = std::max(width, row.name.size());
  const auto padded = [&](std::string name) {
    name.resize(std::max(width, name.size()), ' ');
    return name;
  };
  std::string text = padded("bits per byte") + "  texts     bytes";
  text += has_base ? "    base  aligned     gain  95 % interval\n" : "   model\n";
  char figures[160];
  for (const GainRow& row : rows) {
    std::snprintf(figures, sizeof figures, "  %5zu  %8s", row.texts,
                  format_count(static_cast<int64_t>(row.bytes)).c_str());
    text += padded(row.name) + figures;
    if (has_base) {
      std::snprintf(figures, sizeof figures, "  %6.4f   %6.4f  %+7.4f  [%+.4f, %+.4f]\n", row.base,
                    row.aligned, row.gain, row.gain_interval.low, row.gain_interval.high);
    } else {
      std::snprintf(figures, sizeof figures, "  %6.4f\n", row.aligned);
    }
    text += figures;
  }
  return text;
}

Json to_json(std::span<const GainRow> rows, bool has_base) {
  Json list = Json::array();
  for (const GainRow& row : rows) {
    Json entry{{"name", row.name}, {"texts", row.texts}, {"bytes", row.bytes}};
    entry[has_base ? "aligned" : "model"] = row.aligned;
    if (has_base) {
      entry["base"] = row.base;
      entry["gain"] = row.gain;
      entry["gain_interval"] = {row.gain_interval.low, row.gain_interval.high};
    }
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace lingua

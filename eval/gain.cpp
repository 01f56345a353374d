#include "eval/gain.h"

#include <algorithm>
#include <cstdio>
#include <map>

#include "support/text.h"

namespace lingua {
namespace {

using Members = std::vector<const TextLosses*>;

template <class Pick>
double bits_of(const Members& members, std::span<const std::size_t> indices, const Pick& pick) {
  TargetLoss total;
  for (const std::size_t index : indices) {
    const TargetLoss& loss = pick(*members[index]);
    total.nats += loss.nats;
    total.bytes += loss.bytes;
  }
  return bits_per_byte(total);
}

GainRow make_row(const std::string& name, const Members& members, const GainOptions& options) {
  const auto base = [](const TextLosses& text) -> const TargetLoss& { return text.base; };
  const auto aligned = [](const TextLosses& text) -> const TargetLoss& { return text.aligned; };
  std::vector<std::size_t> all(members.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  GainRow row;
  row.name = name;
  row.texts = members.size();
  for (const TextLosses* member : members) row.bytes += member->aligned.bytes;
  row.aligned = bits_of(members, all, aligned);
  row.base = bits_of(members, all, base);
  row.gain = row.base - row.aligned;
  row.gain_interval = bootstrap_interval(
      members.size(), options.resamples, options.seed, [&](std::span<const std::size_t> draw) {
        return bits_of(members, draw, base) - bits_of(members, draw, aligned);
      });
  return row;
}

void add_groups(std::vector<GainRow>& rows, std::span<const TextLosses> texts,
                const GainOptions& options, const std::string& kind,
                std::string TextLosses::*field) {
  std::map<std::string, Members> groups;
  for (const TextLosses& text : texts) groups[text.*field].push_back(&text);
  if (groups.size() < 2) return;
  for (const auto& [name, members] : groups) {
    rows.push_back(make_row(kind + " " + (name.empty() ? "(none)" : name), members, options));
  }
}

}  // namespace

std::vector<GainRow> gain_table(std::span<const TextLosses> texts, const GainOptions& options) {
  Members all;
  for (const TextLosses& text : texts) all.push_back(&text);
  std::vector<GainRow> rows = {make_row("all", all, options)};
  add_groups(rows, texts, options, "source", &TextLosses::source);
  add_groups(rows, texts, options, "domain", &TextLosses::domain);
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

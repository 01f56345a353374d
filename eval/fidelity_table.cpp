#include "eval/fidelity_table.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "support/error.h"

namespace lingua {
namespace {

using Indices = std::span<const std::size_t>;

void count(Share& share, const std::optional<bool>& correct) {
  if (correct) share.add({*correct ? std::size_t{1} : 0, 1});
}

class Group {
 public:
  Group(const FidelityMeasurement& measured, const GainOptions& options)
      : measured_(measured), options_(options) {}

  FidelityRow row(Indices members, std::size_t method, std::size_t rate, std::size_t against) {
    FidelityRow row{measured_.methods[method], measured_.rates[rate]};
    const auto own = those_with(members, method, rate);
    row.prompts = own.size();
    if (own.empty()) return row;
    for (const std::size_t i : own) add(*measured_.at(i, method, rate), row);
    row.tokens /= static_cast<double>(own.size());
    row.target /= static_cast<double>(own.size());
    row.fidelity = ratio(own, method, rate);
    row.interval = bootstrap_interval(own, options_.resamples, options_.seed,
                                      [&](Indices draw) { return ratio(draw, method, rate); });
    const auto both = those_with(own, against, rate);
    if (method == against || both.empty()) return row;
    const auto difference = [&](Indices draw) {
      return ratio(draw, method, rate) - ratio(draw, against, rate);
    };
    row.difference = difference(both);
    row.difference_interval =
        bootstrap_interval(both, options_.resamples, options_.seed, difference);
    return row;
  }

  FidelityGroup group(const std::string& name, Indices members, std::size_t against) {
    FidelityGroup group{name, members.size()};
    for (const std::size_t i : members) {
      const FidelityReading& reading = measured_.readings[i];
      group.tokens += static_cast<double>(reading.tokens.whole);
      group.fixed += static_cast<double>(reading.tokens.fixed);
      group.information += reading.none - reading.full;
      count(group.none_correct, reading.none_correct);
      count(group.full_correct, reading.full_correct);
    }
    for (double* mean : {&group.tokens, &group.fixed, &group.information}) {
      *mean /= static_cast<double>(members.size());
    }
    if (group.information <= 0) {
      throw Error(ErrorKind::kData,
                  name + ": to this reader the contexts say nothing of the answers",
                  "give prompts whose contexts hold their answers, or another --reader");
    }
    for (std::size_t rate = 0; rate < measured_.rates.size(); ++rate) {
      for (std::size_t method = 0; method < measured_.methods.size(); ++method) {
        group.rows.push_back(row(members, method, rate, against));
      }
    }
    return group;
  }

 private:
  std::vector<std::size_t> those_with(Indices members, std::size_t method, std::size_t rate) const {
    std::vector<std::size_t> found;
    for (const std::size_t i : members) {
      if (measured_.at(i, method, rate)) found.push_back(i);
    }
    return found;
  }

  static void add(const CompressedReading& one, FidelityRow& row) {
    row.tokens += static_cast<double>(one.tokens);
    row.target += static_cast<double>(one.target);
    row.recall.add(one.recall);
    count(row.correct, one.correct);
  }

  double ratio(Indices draw, std::size_t method, std::size_t rate) const {
    double kept = 0, all = 0;
    for (const std::size_t i : draw) {
      const FidelityReading& reading = measured_.readings[i];
      kept += reading.none - measured_.at(i, method, rate)->nats;
      all += reading.none - reading.full;
    }
    return kept / all;
  }

  const FidelityMeasurement& measured_;
  const GainOptions& options_;
};

}  // namespace

FidelityTable fidelity_table(const FidelityMeasurement& measured, const std::string& against,
                             const GainOptions& options) {
  const auto& methods = measured.methods;
  const auto found = std::find(methods.begin(), methods.end(), against);
  if (found == methods.end()) {
    throw Error(ErrorKind::kUsage, "--against " + against + " is none of the methods");
  }
  const auto reference = static_cast<std::size_t>(found - methods.begin());
  std::vector<std::size_t> all(measured.readings.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::map<std::string, std::vector<std::size_t>> tasks;
  for (const std::size_t i : all) tasks[measured.readings[i].task].push_back(i);
  Group group(measured, options);
  FidelityTable table{measured.reader, against, {group.group("all", all, reference)}};
  if (tasks.size() < 2) return table;
  for (const auto& [task, members] : tasks) {
    const std::string name = task.empty() ? "(none)" : task;
    table.groups.push_back(group.group("task " + name, members, reference));
  }
  return table;
}

}  // namespace lingua

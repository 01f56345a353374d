#include "eval/specificity.h"

#include <numeric>

#include "data/table.h"
#include "eval/figures.h"
#include "support/error.h"

namespace lingua {
namespace {

void add(TargetLoss& total, const TargetLoss& loss) {
  total.nats += loss.nats;
  total.bytes += loss.bytes;
}

void add(PairedLoss& total, const PairedLoss& loss) {
  add(total.base, loss.base);
  add(total.aligned, loss.aligned);
}

double gain_of(const PairedLoss& loss) {
  return bits_per_byte(loss.base) - bits_per_byte(loss.aligned);
}

// Sums over the answers of the target and of other `k`, where both answered.
struct Shared {
  std::size_t instructions = 0;
  PairedLoss target;
  PairedLoss other;

  double difference() const { return gain_of(target) - gain_of(other); }
};

Shared shared_with(std::size_t k, std::span<const InstructionLosses> instructions,
                   std::span<const std::size_t> indices) {
  Shared shared;
  for (const std::size_t index : indices) {
    const InstructionLosses& losses = instructions[index];
    if (losses.others[k].base.bytes == 0) continue;
    ++shared.instructions;
    add(shared.target, losses.target);
    add(shared.other, losses.others[k]);
  }
  return shared;
}

}  // namespace

std::map<std::string, InstructionLosses> by_instruction(std::span<const TextLosses> texts,
                                                        std::span<const OtherAnswers> others) {
  std::map<std::string, InstructionLosses> all;
  for (const TextLosses& text : texts) {
    InstructionLosses& losses = all[text.instruction];
    losses.others.resize(others.size());
    add(losses.target, {text.base, text.aligned});
  }
  std::map<std::string, InstructionLosses> shared;
  for (std::size_t k = 0; k < others.size(); ++k) {
    for (const TextLosses& text : others[k].texts) {
      const auto found = all.find(text.instruction);
      if (found == all.end()) continue;
      const auto [entry, is_new] = shared.try_emplace(found->first, found->second);
      add(entry->second.others[k], {text.base, text.aligned});
    }
  }
  return shared;
}

double specificity_of(std::span<const InstructionLosses> instructions,
                      std::span<const std::size_t> indices) {
  double sum = 0;
  int others = 0;
  for (std::size_t k = 0; k < instructions.front().others.size(); ++k) {
    const Shared shared = shared_with(k, instructions, indices);
    if (shared.instructions == 0) continue;  // none of this other's in the draw
    sum += shared.difference();
    ++others;
  }
  return sum / others;
}

Specificity measure_specificity(const Measurement& measured, const GainOptions& options) {
  std::vector<InstructionLosses> instructions;
  for (auto& [id, losses] : by_instruction(measured.texts, measured.others)) {
    instructions.push_back(losses);
  }
  if (instructions.empty()) {
    throw Error(ErrorKind::kData, "no instruction of --data is left that --others answer");
  }
  std::vector<std::size_t> all(instructions.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  Specificity result;
  result.instructions = all.size();
  result.value = specificity_of(instructions, all);
  result.interval = bootstrap_interval(
      all, options.resamples, options.seed,
      [&](std::span<const std::size_t> draw) { return specificity_of(instructions, draw); });
  for (std::size_t k = 0; k < measured.others.size(); ++k) {
    std::vector<std::size_t> answered;
    for (const std::size_t index : all) {
      if (instructions[index].others[k].base.bytes > 0) answered.push_back(index);
    }
    const Shared shared = shared_with(k, instructions, answered);
    OtherRow row{measured.others[k].name, shared.instructions, gain_of(shared.other),
                 gain_of(shared.target),  shared.difference(), {}};
    row.interval = bootstrap_interval(answered, options.resamples, options.seed,
                                      [&](std::span<const std::size_t> draw) {
                                        return shared_with(k, instructions, draw).difference();
                                      });
    result.others.push_back(std::move(row));
  }
  return result;
}

std::string to_text(const Specificity& specificity) {
  std::vector<TableRow> rows;
  for (const OtherRow& row : specificity.others) {
    rows.push_back(
        {row.name,
         {std::to_string(row.instructions), gain_text(row.gain), gain_text(row.target_gain),
          gain_text(row.difference), interval_text(row.interval)}});
  }
  rows.push_back({"specificity",
                  {std::to_string(specificity.instructions), "", "", gain_text(specificity.value),
                   interval_text(specificity.interval)}});
  return "gain on other LLMs' answers, bits per byte\n" +
         to_text({"instructions", "gain", "target's", "difference", "95 % interval"}, rows);
}

Json to_json(const Specificity& specificity) {
  Json others = Json::array();
  for (const OtherRow& row : specificity.others) {
    others.push_back({{"name", row.name},
                      {"instructions", row.instructions},
                      {"gain", row.gain},
                      {"target_gain", row.target_gain},
                      {"difference", row.difference},
                      {"difference_interval", {row.interval.low, row.interval.high}}});
  }
  return {{"value", specificity.value},
          {"interval", {specificity.interval.low, specificity.interval.high}},
          {"instructions", specificity.instructions},
          {"others", std::move(others)}};
}

}  // namespace lingua

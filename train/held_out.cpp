#include "train/held_out.h"

#include <memory>

#include "support/progress.h"

namespace lingua {
namespace {

std::vector<TargetLoss> losses_of(const Decoder& decoder, std::span<const Sample> samples,
                                  const std::function<void(std::size_t)>& on_progress) {
  // The caller keeps the decoder; the Scorer only borrows it.
  const Scorer scorer(std::shared_ptr<const Decoder>(std::shared_ptr<void>(), &decoder));
  std::vector<ScoredText> texts;
  for (const Sample& sample : samples) {
    texts.push_back({sample.ids, sample.target, sample.target_bytes});
  }
  return target_losses(scorer, texts, on_progress);
}

}  // namespace

std::map<std::string, TargetLoss> HeldOutLosses::by_domain() const {
  std::map<std::string, std::vector<TargetLoss>> grouped;
  for (std::size_t i = 0; i < losses.size(); ++i) grouped[domains[i]].push_back(losses[i]);
  std::map<std::string, TargetLoss> totals;
  for (const auto& [domain, members] : grouped) totals[domain] = sum(members);
  return totals;
}

HeldOutLosses measure_held_out(const Decoder& decoder, std::span<const Sample> samples,
                               std::span<const Example> examples, const std::string& label) {
  HeldOutLosses result;
  for (const Sample& sample : samples) {
    result.domains.push_back(examples[sample.example].domain);
  }
  Progress progress(static_cast<double>(samples.size()), "texts", label);
  result.losses = losses_of(decoder, samples,
                            [&](std::size_t done) { progress.update(static_cast<double>(done)); });
  return result;
}

std::vector<TargetLoss> measure_quietly(const Decoder& decoder, std::span<const Sample> samples) {
  return losses_of(decoder, samples, {});
}

}  // namespace lingua

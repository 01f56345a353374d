#include "eval/evaluate.h"

#include <cmath>

#include "eval/identity.h"
#include "support/error.h"
#include "support/progress.h"

namespace lingua {

std::vector<TargetLoss> answer_losses(const EvaluatedModel& model,
                                      std::span<const Example> examples,
                                      const SampleOptions& options, const std::string& label) {
  const SampleSet set = make_samples(examples, *model.tokenizer, model.chat, options);
  std::vector<ScoredText> texts;
  for (const Sample& sample : set.samples) {
    texts.push_back({sample.ids, sample.target, sample.target_bytes});
  }
  Progress progress(static_cast<double>(texts.size()), "texts", label);
  const auto losses = target_losses(Scorer(model.decoder), texts, [&](std::size_t done) {
    progress.update(static_cast<double>(done));
  });
  std::vector<TargetLoss> by_example(examples.size());
  for (std::size_t i = 0; i < losses.size(); ++i) {
    const Example& example = examples[set.samples[i].example];
    if (!std::isfinite(losses[i].nats)) {
      throw Error(ErrorKind::kModel, label + " gives " + example.source + ":" +
                                         std::to_string(example.line) +
                                         " a loss that is no finite number");
    }
    by_example[set.samples[i].example] = losses[i];
  }
  return by_example;
}

std::vector<TextLosses> pair_losses(std::span<const Example> examples,
                                    std::span<const TargetLoss> base,
                                    std::span<const TargetLoss> aligned) {
  std::vector<TextLosses> texts;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    if (aligned[i].tokens == 0 || (!base.empty() && base[i].tokens == 0)) continue;
    texts.push_back({examples[i].source, examples[i].domain,
                     base.empty() ? TargetLoss{.bytes = aligned[i].bytes} : base[i], aligned[i],
                     text_id(examples[i]), instruction_id(examples[i]), i});
  }
  if (texts.empty()) {
    throw Error(ErrorKind::kData, "no text is left to measure", "raise --max-length");
  }
  return texts;
}

}  // namespace lingua

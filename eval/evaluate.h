#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/example.h"
#include "data/sample.h"
#include "data/template.h"
#include "eval/gain.h"
#include "model/decoder.h"
#include "model/tokenizer.h"

namespace lingua {

// A model as evaluation needs it. The template decides how a conversation becomes text.
struct EvaluatedModel {
  std::shared_ptr<const Decoder> decoder;
  std::shared_ptr<const Tokenizer> tokenizer;
  ChatTemplate chat;
};

// Loss of every example's answers under `model`, in the order of `examples`; an example that the
// sample options leave out has no tokens. Progress is shown under `label`, which names the model.
// Throws Error(kModel) for a loss that is not finite.
std::vector<TargetLoss> answer_losses(const EvaluatedModel& model,
                                      std::span<const Example> examples,
                                      const SampleOptions& options, const std::string& label);

// Pairs the losses of both models; examples that either has none of are left out. `base` may be
// empty. Throws Error(kData) when nothing is left.
std::vector<TextLosses> pair_losses(std::span<const Example> examples,
                                    std::span<const TargetLoss> base,
                                    std::span<const TargetLoss> aligned);

}  // namespace lingua

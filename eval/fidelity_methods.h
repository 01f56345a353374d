#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compress/options.h"
#include "eval/fidelity.h"
#include "eval/peer_outputs.h"
#include "model/scorer.h"

namespace lingua {

// A model that compresses, and what tells its results in the cache from those of others.
struct CompressingModel {
  std::string identity;  // model_sha256(), the type that it computes in, and how it is used
  std::shared_ptr<const Tokenizer> tokenizer;
  Scorer scorer;
  std::optional<Scorer> draft = std::nullopt;  // chooses contexts for it
  Effort effort = Effort::kAuto;
};

struct MethodOptions {
  // Out of method_names(); empty: all of them for which there is a model.
  std::vector<std::string> names = {};
  // Of the random baseline.
  uint64_t seed = 1;
  // Peers' outputs without lingua mode at the same numbers of tokens beside each.
  bool peers_alone = false;
};

// "lingua" and "paper" (modes of the model), "base-lingua" and "base-paper" (of the base), and the
// rules of eval/rankers.h: "selective-context", "demonstrations" (both by the base where there is
// one), "truncation", "random".
const std::vector<std::string>& method_names();

// Throws Error(kUsage) for a name that is none, or one of the base without a base.
void validate(const MethodOptions& options, bool has_base);

// The methods in the order of their names, then the peers' outputs, each with lingua mode at the
// same numbers of tokens beside it unless they are to stand alone. `base` may be null. Results of
// models go through `cache`; all references must outlive the methods.
std::vector<FidelityMethod> make_methods(std::span<const FidelityPrompt> prompts,
                                         const CompressingModel& model,
                                         const CompressingModel* base, const PeerOutputs& peers,
                                         const MethodOptions& options, ResultCache& cache);

}  // namespace lingua

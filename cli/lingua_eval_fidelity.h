#pragma once

#include <string>
#include <vector>

#include "cli/lingua_eval_computing.h"
#include "cli/option_table.h"
#include "eval/fidelity_methods.h"
#include "eval/fidelity_table.h"

namespace lingua {

// The part of lingua-eval that measures what compressed prompts still carry.
struct FidelityCommandOptions {
  std::vector<std::string> prompts;  // files of prompts with answers; none: not measured
  std::string reader;                // a model
  std::string rates = "0.5,0.33,0.2,0.1";
  std::string methods;                    // separated by commas; "": all
  std::string against;                    // a method; "": base-lingua, else the first
  std::vector<std::string> peer_outputs;  // files
  bool peers_alone = false;               // no lingua mode beside each of their methods
  std::string effort = "auto";            // of the model that compresses
  std::string draft;                      // a model that chooses contexts for it; "": none
  bool retention = false;                 // the answer is the context itself
  bool accuracy = false;
  int64_t answer_tokens = 48;
  std::string cache;    // file; "": none
  std::string details;  // file; "": none
};

void declare_fidelity_options(OptionTable& table, FidelityCommandOptions& options);
void validate(const FidelityCommandOptions& options, bool has_base);

// Measures what the options name. Throws as its parts do.
FidelityTable run_fidelity(const FidelityCommandOptions& options, const EvalComputing& run);

}  // namespace lingua

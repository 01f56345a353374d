#pragma once

#include <string>
#include <vector>

#include "cli/lingua_eval_computing.h"
#include "cli/option_table.h"
#include "eval/endpoint.h"

namespace lingua {

// What a server answers to whole and to compressed prompts.
struct EndTaskOptions {
  std::string questions;  // file of prompts with answers
  std::string rates = "0.5,0.33,0.2";
  EndpointOptions endpoint;

  // Whether lingua-eval is to do this instead of measuring.
  bool asked() const { return !endpoint.url.empty(); }
};

void declare_end_task_options(OptionTable& table, EndTaskOptions& options);

// Throws Error(kUsage) naming what is missing or out of range.
void validate(const EndTaskOptions& options, const std::string& model);

// Compresses with run.model, asks, writes the table. Throws Error(kData) behind it where the cost's
// ceiling ended the asking.
void run_end_task(const EndTaskOptions& options, const EvalComputing& run, bool json);

}  // namespace lingua

#pragma once

#include <string>
#include <vector>

#include "cli/lingua_eval_endpoint.h"
#include "cli/lingua_eval_fidelity.h"
#include "cli/lingua_eval_sheet.h"
#include "cli/option_table.h"
#include "data/sample.h"
#include "eval/gate.h"

namespace lingua {

struct EvalOptions {
  std::string model;                // the aligned model
  std::string base;                 // what it is compared with; "": nothing
  std::vector<std::string> data;    // held-out target outputs
  std::vector<std::string> others;  // a file an other LLM: its answers to the same instructions
  std::string teacher;              // a local model that stands for the target; "": none
  std::string dtype = "fp32";       // figures that a later run repeats
  std::string device = "cpu";
  SampleOptions samples;
  std::string baseline;          // a file to compare with, or to write; "": none
  bool update_baseline = false;  // writes it
  GateOptions gate;
  FidelityCommandOptions fidelity;
  std::string page;  // of HTML, for a browser; "": none
  bool json = false;
  SheetOptions sheet;
  EndTaskOptions end_task;

  EvalComputing computing() const { return {model, base, dtype, device, gate.gain}; }
};

void declare_eval_options(OptionTable& table, EvalOptions& options);
void validate(const EvalOptions& options);

}  // namespace lingua

#pragma once

#include "cli/lingua_compress_options.h"

namespace lingua {

// The parts of the table and of its validation, which lingua_compress_options.cpp puts together.

// What is to be shortened, and what it is written in.
void declare_prompt_options(OptionTable& table, CompressCommandOptions& options);
void validate_prompt_options(const CompressCommandOptions& options);

// How, and what stays in any case.
void declare_protection_options(OptionTable& table, CompressCommandOptions& options);
void declare_method_options(OptionTable& table, CompressCommandOptions& options);

// What is put out, and what comes back from a response.
void declare_result_options(OptionTable& table, CompressCommandOptions& options);
void declare_recovery_options(OptionTable& table, CompressCommandOptions& options);
void validate_result_options(const CompressCommandOptions& options);

}  // namespace lingua

#pragma once

#include <string>

#include "cli/option_table.h"

namespace lingua {

// The options that name a model and say how to compute with it, the same in every command.

inline void add_model_option(OptionTable& table, std::string* model) {
  table.add("model", "MODEL",
            "an aligned.pt, a Hugging Face directory, a GGUF file, or a name such as "
            "smollm2-135m-instruct",
            model);
}

inline void add_dtype_option(OptionTable& table, std::string* dtype) {
  table.add_choice("dtype", {"fp32", "bf16", "auto"},
                   "type to compute in; auto times both for a moment", dtype);
}

// Of the commands that only run a model.
inline void add_running_dtype_option(OptionTable& table, std::string* dtype) {
  table.add_choice("dtype", {"fp32", "bf16", "int8", "auto"},
                   "type to compute in; int8 rounds the weights and inputs of the layers to 8 bits "
                   "(a processor with AVX512-VNNI); auto times fp32 and bf16 for a moment",
                   dtype);
}

inline void add_device_option(OptionTable& table, std::string* device) {
  table.add("device", "DEVICE",
            "where to compute: cpu, cuda (the first GPU) or cuda:N; a GPU needs a libtorch with "
            "CUDA",
            device);
}

}  // namespace lingua

// Writes the tiny model to the path given as aligned.pt, in the dtype given: float32, float16 or
// bfloat16, the last with adapters. open_aligned.py compares what Python reads from it.
#include <cstdio>
#include <string>

#include "support/error.h"
#include "tests/model/tiny_model.h"

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const std::string dtype = arguments[2];
  try {
    lingua::Model model = lingua::tiny_model(dtype == "bfloat16"  ? at::kBFloat16
                                             : dtype == "float16" ? at::kHalf
                                                                  : at::kFloat);
    if (dtype == "bfloat16") model.adapters = lingua::tiny_adapters();
    lingua::save_aligned_model(model, arguments[1]);
  } catch (const lingua::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return error.exit_code();
  }
  return 0;
}

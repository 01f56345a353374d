#include "export/options.h"

#include <algorithm>
#include <array>

#include "support/error.h"
#include "support/text.h"

namespace lingua {

void validate(const ExportOptions& options) {
  if (options.model.empty()) {
    throw Error(ErrorKind::kUsage, "--model is missing", "for example --model aligned.pt");
  }
  if (options.format != "hf") {
    throw Error(ErrorKind::kUsage, "--format " + in_quotes(options.format) + " is not available",
                "this version writes --format hf, a Hugging Face directory");
  }
  if (options.output.empty()) {
    throw Error(ErrorKind::kUsage, "--output is missing", "for example --output model_hf");
  }
  constexpr std::array<const char*, 4> kDtypes = {"keep", "fp32", "bf16", "fp16"};
  if (std::find(kDtypes.begin(), kDtypes.end(), options.dtype) == kDtypes.end()) {
    throw Error(ErrorKind::kUsage, "--dtype " + in_quotes(options.dtype) + " is unknown",
                "one of keep, fp32, bf16, fp16");
  }
}

}  // namespace lingua

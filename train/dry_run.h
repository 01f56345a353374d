#pragma once

#include <ATen/core/ScalarType.h>

#include <functional>
#include <string>

#include "model/loader.h"
#include "support/json.h"
#include "train/align.h"
#include "train/align_data.h"

namespace lingua {

// In place of a run: forecasts the memory that it would hold and the time that it would take,
// computing in `dtype` on `device`, tells both by `show` and puts them into report["forecast"].
// Takes the memory of a run and the time of three micro-batches. The weights of `base` are let go.
void dry_run(const AlignOptions& options, Model& base, const AlignSamples& samples,
             at::ScalarType dtype, const at::Device& device, Json& report,
             const std::function<void(const std::string&)>& show);

}  // namespace lingua

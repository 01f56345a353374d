#pragma once

#include <cstdint>

#include "model/decoder.h"
#include "model/loader.h"
#include "train/flat_parameters.h"
#include "train/method_options.h"

namespace lingua {

// The method and what decides it, for the report.
Json to_json(const MethodOptions& options);

// What of `decoder` the method trains; for lora it is given fresh adapters, a function of `seed`.
// Throws Error(kUsage) for projections and layers that the model lacks.
TrainableSet prepare_method(Decoder& decoder, const MethodOptions& options, uint64_t seed);

// What the method changes about the forward pass of a micro-batch (from 0) of a step (from 1).
ForwardOptions forward_options(const MethodOptions& options, uint64_t seed, int64_t step,
                               int64_t micro_batch);

// `base`, whose weights are those that training began with, with what was trained in their place:
// added to the weights or, for adapters kept apart, beside them.
Model trained_model(Model base, const FlatParameters& parameters, const MethodOptions& options);

}  // namespace lingua

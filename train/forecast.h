#pragma once

#include <ATen/core/ScalarType.h>

#include <cstdint>
#include <span>
#include <string>

#include "data/sample.h"
#include "model/config.h"
#include "model/decoder.h"
#include "support/json.h"
#include "train/flat_parameters.h"
#include "train/options.h"

namespace lingua {

// What decides how much memory a run holds at once.
struct MemoryQuestion {
  const ModelConfig& config;
  int64_t trained = 0;                           // weights that are trained
  int64_t frozen = 0;                            // weights that are not
  int64_t tile_bytes = 0;                        // weights laid out for their products
  int64_t layers = 0;                            // those that the backward pass goes through
  bool recompute = false;                        // a layer keeps its input only
  at::ScalarType dtype = at::ScalarType::Float;  // to compute in
  int64_t rows = 0;                              // tokens of the largest micro-batch
  bool averaged = false;                         // a moving average of the weights is kept
  int64_t process_bytes = 0;                     // program, libraries, tokenizer and data
};

// Bytes that are held at the same time.
struct MemoryForecast {
  int64_t process = 0;
  int64_t optimiser = 0;    // master weights, gradients, two moments, the average: float32
  int64_t copies = 0;       // weights to compute with, where not the optimiser's
  int64_t activations = 0;  // what the layers keep for the backward pass
  int64_t logits = 0;       // the largest block

  int64_t total() const { return process + optimiser + copies + activations + logits; }
};

// With N trained and M frozen weights, b bytes a number, T rows, L layers to go back through, H, F
// the widths of residual stream and MLP, Q, K the widths of all query and all key heads, V the
// vocabulary:
//   optimiser    16 N (20 N with an average)
//   copies       bfloat16: b (N + M), and b M twice again under adapters; float32: b M
//   activations  b T L A, or b T (L H + A) with recomputation, of A = 4 H + B + 3 F a token: both
//                residuals and both norms; attention; gate, up, product (2 F without a gate, and
//                with has_gated_mlp(), which keeps no product). B = 5 Q + K: rotated query and key,
//                repeated key and value, the result twice; with causal_attention() 3 Q + 3 K:
//                rotated query and key, all three before, the result
//   logits       b 512 V
// How far runs were from this: docs/architecture.md. Loading and saving are not counted.
MemoryForecast forecast_memory(const MemoryQuestion& question);

// Bytes that this process holds now, without `weights` bytes of a model's where those lie in
// memory of its own (and not in a mapped file).
int64_t process_bytes_besides(int64_t weights);

// Operations of matrix products.
struct Operations {
  double forward = 0;
  double training = 0;  // forward and backward
};

// Operations of one pass over the samples, each as often as its weight says.
Operations count_operations(const ModelConfig& config, std::span<const Sample> samples);

// Seconds of a run on this machine.
struct TimeForecast {
  int64_t steps = 0;
  double tokens = 0;     // of all steps
  double training = 0;   // seconds
  double measuring = 0;  // seconds of held-out text, before and after
};

// Trains two steps on the first micro-batch of the samples, times the second and an update of the
// weights apart, and scales both by operations and steps. The weights are spoiled.
TimeForecast forecast_time(Decoder& decoder, FlatParameters& parameters,
                           std::span<const Sample> samples, std::span<const Sample> held_out,
                           const TrainOptions& options);

Json to_json(const MemoryForecast& memory);
Json to_json(const TimeForecast& time);

// A line for a person.
std::string to_text(const MemoryForecast& memory);
std::string to_text(const TimeForecast& time);

}  // namespace lingua

#include "train/forecast.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>

#include "data/draws.h"
#include "data/packing.h"
#include "model/causal_attention.h"
#include "model/decoder_layer.h"
#include "support/interrupt.h"
#include "support/text.h"
#include "train/trainer.h"

namespace lingua {
namespace {

constexpr int64_t kLogitRows = 512;  // as linear_cross_entropy() takes them

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

int64_t query_width(const ModelConfig& c) { return c.num_attention_heads * c.head_dim; }
int64_t key_width(const ModelConfig& c) { return c.num_key_value_heads * c.head_dim; }

// Weights of a layer's matrices.
double layer_weights(const ModelConfig& c) {
  const int64_t attention = c.hidden_size * (c.qkv_size() + query_width(c));
  const int64_t mlp = (c.gated_mlp ? 3 : 2) * c.hidden_size * c.intermediate_size;
  return static_cast<double>(attention + mlp);
}

// The samples of the first forward pass of the first epoch.
std::vector<Sample> first_micro_batch(std::span<const Sample> samples,
                                      const PackingOptions& options) {
  std::vector<Sample> chosen;
  const auto plan = epoch_plan(samples, options, 0);
  for (const std::size_t index : plan.at(0).micro_batches.at(0).samples) {
    chosen.push_back(samples[index]);
    chosen.back().weight = 1.0;
  }
  return chosen;
}

// Seconds of the second of two steps.
double time_step(Decoder& decoder, FlatParameters& parameters, std::span<const Sample> samples,
                 TrainOptions options) {
  options.epochs = 2;
  options.max_steps = 0;
  options.max_minutes = 0;
  options.packing.batch_tokens = options.packing.micro_batch_tokens;
  double first = 0, both = 0;
  train(decoder, parameters, samples, options,
        [&](const StepRecord& record) { (record.step == 1 ? first : both) = record.seconds; });
  throw_if_interrupted();
  return both - first;
}

double time_update(FlatParameters& parameters) {
  const kernels::AdamStep nothing{.learning_rate = 0,
                                  .beta1 = 0.9f,
                                  .beta2 = 0.99f,
                                  .eps = 1e-8f,
                                  .weight_decay = 0,
                                  .correction1 = 1,
                                  .correction2 = 1,
                                  .gradient_scale = 0};
  const auto start = Clock::now();
  parameters.update(nothing);
  return seconds_since(start);
}

std::string gigabytes(int64_t bytes) {
  char text[40];
  std::snprintf(text, sizeof text, "%.2f GB", static_cast<double>(bytes) / 1e9);
  return text;
}

}  // namespace

MemoryForecast forecast_memory(const MemoryQuestion& q) {
  const ModelConfig& c = q.config;
  const bool is_float = q.dtype == at::kFloat;
  const int64_t width = is_float ? 4 : 2;
  const int64_t attention = has_causal_attention(q.dtype, c.head_dim)
                                ? 3 * query_width(c) + 3 * key_width(c)
                                : 5 * query_width(c) + key_width(c);
  const int64_t mlp = !c.gated_mlp || has_gated_mlp(c, q.dtype) ? 2 : 3;
  const int64_t kept = 4 * c.hidden_size + attention + mlp * c.intermediate_size;
  MemoryForecast memory;
  memory.process = q.process_bytes;
  memory.optimiser = (q.averaged ? 20 : 16) * q.trained;
  memory.copies = width * q.frozen + q.tile_bytes;
  if (!is_float) memory.copies += width * q.trained;
  memory.activations =
      width * q.rows * (q.recompute ? q.layers * c.hidden_size + kept : q.layers * kept);
  memory.logits = width * kLogitRows * c.vocab_size;
  return memory;
}

int64_t process_bytes_besides(int64_t weights) {
  int64_t size = 0, resident = 0, shared = 0;  // pages
  std::ifstream("/proc/self/statm") >> size >> resident >> shared;
  const int64_t page = ::sysconf(_SC_PAGESIZE);
  const bool in_own_memory = (resident - shared) * page >= weights;
  return resident * page - (in_own_memory ? weights : 0);
}

// A matrix product takes 2 operations a weight and row forward and 4 backward; attention
// 4 Q a pair of tokens forward, of which a causal pass needs half, and 2.5 times that backward.
Operations count_operations(const ModelConfig& config, std::span<const Sample> samples) {
  const auto layers = static_cast<double>(config.num_hidden_layers);
  const double head = static_cast<double>(config.hidden_size * config.vocab_size);
  Operations result;
  for (const Sample& sample : samples) {
    const auto length = static_cast<double>(sample.ids.size());
    const double products = 2 * (layers * layer_weights(config) * length +
                                 head * static_cast<double>(sample.target_tokens));
    const double attention =
        2 * layers * static_cast<double>(query_width(config)) * length * length;
    result.forward += sample.weight * (products + attention);
    result.training += sample.weight * (3 * products + 3.5 * attention);
  }
  return result;
}

TimeForecast forecast_time(Decoder& decoder, FlatParameters& parameters,
                           std::span<const Sample> samples, std::span<const Sample> held_out,
                           const TrainOptions& options) {
  const auto probe = first_micro_batch(samples, options.packing);
  const double step = time_step(decoder, parameters, probe, options);
  const double update = std::min(time_update(parameters), step / 2);
  const double rate = count_operations(decoder.config, probe).training / (step - update);

  TimeForecast time;
  const auto an_epoch = static_cast<int64_t>(steps_per_epoch(samples, options.packing));
  time.steps = options.epochs * an_epoch;
  if (options.max_steps > 0) time.steps = std::min(time.steps, options.max_steps);
  const double epochs = static_cast<double>(time.steps) / static_cast<double>(an_epoch);
  time.training = epochs * count_operations(decoder.config, samples).training / rate +
                  update * static_cast<double>(time.steps);
  time.tokens = epochs * expected_tokens(samples);
  const double limit = options.max_minutes * 60;
  if (limit > 0 && time.training > limit) {
    const double share = limit / time.training;
    time.training = limit;
    time.tokens *= share;
    time.steps = static_cast<int64_t>(static_cast<double>(time.steps) * share);
  }
  time.measuring = 2 * count_operations(decoder.config, held_out).forward / rate;
  return time;
}

Json to_json(const MemoryForecast& memory) {
  return {{"process", memory.process}, {"optimiser", memory.optimiser},
          {"copies", memory.copies},   {"activations", memory.activations},
          {"logits", memory.logits},   {"total", memory.total()}};
}

Json to_json(const TimeForecast& time) {
  return {{"steps", time.steps},
          {"tokens", time.tokens},
          {"training_seconds", time.training},
          {"measuring_seconds", time.measuring}};
}

std::string to_text(const MemoryForecast& memory) {
  return "memory, about: " + gigabytes(memory.total()) + " = weights, gradients and moments " +
         gigabytes(memory.optimiser) + " + copies " + gigabytes(memory.copies) + " + activations " +
         gigabytes(memory.activations) + " + logits " + gigabytes(memory.logits) +
         " + program and data " + gigabytes(memory.process) + '\n';
}

std::string to_text(const TimeForecast& time) {
  return "time, about: " + format_duration(time.training) + " for " +
         format_counted(static_cast<std::size_t>(time.steps), "step") + " of " +
         format_count(static_cast<int64_t>(time.tokens)) + " tokens, and " +
         format_duration(time.measuring) + " to measure held-out text twice\n";
}

}  // namespace lingua

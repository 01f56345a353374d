#include "data/packing.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <utility>

#include "data/draws.h"
#include "data/shuffle.h"
#include "support/error.h"

namespace lingua {
namespace {

using Indices = std::vector<std::size_t>;

std::size_t count_tokens(std::span<const Sample> samples, const Indices& draws) {
  std::size_t tokens = 0;
  for (const std::size_t index : draws) tokens += samples[index].ids.size();
  return tokens;
}

void require_room(std::span<const Sample> samples, const PackingOptions& options) {
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples[i].ids.size() <= options.micro_batch_tokens) continue;
    throw Error(ErrorKind::kUsage,
                "sample " + std::to_string(i) + " has " + std::to_string(samples[i].ids.size()) +
                    " tokens, a micro-batch takes " + std::to_string(options.micro_batch_tokens),
                "allow larger micro-batches or cut samples shorter");
  }
}

// Cuts `order` into `count` runs of about equal tokens, none empty. A sample belongs to the run
// that its middle falls into.
std::vector<Indices> cut_into_steps(std::span<const Sample> samples, const Indices& order,
                                    std::size_t count) {
  const auto total = static_cast<double>(count_tokens(samples, order));
  std::vector<Indices> steps(count);
  std::size_t step = 0;
  double tokens_before = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto length = static_cast<double>(samples[order[i]].ids.size());
    const double middle = tokens_before + length / 2;
    const bool is_past =
        middle * static_cast<double>(count) >= total * static_cast<double>(step + 1);
    const bool each_needs_one = order.size() - i == count - 1 - step;
    if (step + 1 < count && !steps[step].empty() && (is_past || each_needs_one)) ++step;
    steps[step].push_back(order[i]);
    tokens_before += length;
  }
  return steps;
}

// Best fit decreasing: longest first, each into the bin with the least room that it fits into.
std::vector<Indices> pack(std::span<const Sample> samples, Indices step, std::size_t capacity) {
  const auto length = [&samples](std::size_t index) { return samples[index].ids.size(); };
  std::stable_sort(step.begin(), step.end(),
                   [&length](std::size_t a, std::size_t b) { return length(a) > length(b); });
  std::vector<Indices> bins;
  std::set<std::pair<std::size_t, std::size_t>> open;  // room left in tokens, bin
  for (const std::size_t index : step) {
    auto best = open.lower_bound({length(index), 0});
    if (best == open.end()) {
      best = open.insert({capacity, bins.size()}).first;
      bins.emplace_back();
    }
    const auto [room, bin] = *best;
    open.erase(best);
    open.insert({room - length(index), bin});
    bins[bin].push_back(index);
  }
  return bins;
}

MicroBatch join_samples(std::span<const Sample> samples, const Indices& bin) {
  MicroBatch batch;
  for (const std::size_t index : bin) {
    const Sample& sample = samples[index];
    batch.ids.insert(batch.ids.end(), sample.ids.begin(), sample.ids.end());
    batch.target.insert(batch.target.end(), sample.target.begin(), sample.target.end());
    batch.lengths.push_back(static_cast<std::int64_t>(sample.ids.size()));
    batch.samples.push_back(index);
    batch.target_tokens += sample.target_tokens;
  }
  return batch;
}

}  // namespace

void validate(const PackingOptions& options) {
  const auto require = [](bool holds, const char* name, std::size_t value, const char* range) {
    if (holds) return;
    throw Error(ErrorKind::kUsage, std::string(name) + " is " + std::to_string(value) +
                                       " tokens; it must be " + range);
  };
  require(options.batch_tokens >= 1, "a batch", options.batch_tokens, "1 or more");
  require(options.micro_batch_tokens >= 2, "a micro-batch", options.micro_batch_tokens,
          "2 or more");
}

std::size_t steps_per_epoch(std::span<const Sample> samples, const PackingOptions& options) {
  validate(options);
  if (samples.empty()) return 0;
  const std::size_t draws = fewest_draws(samples);
  if (draws == 0) {
    throw Error(ErrorKind::kData, "the weights leave an epoch without a sample",
                "raise the files' weights");
  }
  const auto tokens = static_cast<std::size_t>(std::llround(expected_tokens(samples)));
  const std::size_t whole = tokens / options.batch_tokens;
  const bool round_up = tokens % options.batch_tokens >= (options.batch_tokens + 1) / 2;
  return std::clamp<std::size_t>(whole + (round_up ? 1 : 0), 1, draws);
}

std::vector<Step> epoch_plan(std::span<const Sample> samples, const PackingOptions& options,
                             std::uint64_t epoch) {
  const std::size_t count = steps_per_epoch(samples, options);
  require_room(samples, options);
  const Indices draws = epoch_draws(samples, options.seed, epoch);
  Indices order = shuffled_indices(draws.size(), options.seed, epoch);
  for (std::size_t& place : order) place = draws[place];
  std::vector<Step> plan;
  for (Indices& indices : cut_into_steps(samples, order, count)) {
    Step step;
    for (const Indices& bin : pack(samples, std::move(indices), options.micro_batch_tokens)) {
      step.micro_batches.push_back(join_samples(samples, bin));
      step.tokens += step.micro_batches.back().ids.size();
      step.target_tokens += step.micro_batches.back().target_tokens;
    }
    plan.push_back(std::move(step));
  }
  return plan;
}

}  // namespace lingua

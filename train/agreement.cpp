#include "train/agreement.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <array>
#include <vector>

#include "data/packing.h"
#include "support/interrupt.h"
#include "support/progress.h"
#include "train/distributed_agreement.h"

namespace lingua {
namespace {

constexpr int64_t kRows = 64;              // of logits at a time
constexpr std::size_t kPassTokens = 1024;  // of a forward pass, about

// Choices at rows of a block, which count from its beginning.
void add_known(const at::Tensor& log_q, const KnownRows& known, Agreement& sums) {
  if (known.rows.empty()) return;
  const auto rows = at::tensor(known.rows, at::kLong).to(log_q.device());
  add_choices(log_q.index_select(0, rows), known.choices, sums);
}

void add_batch(const Decoder& decoder, const MicroBatch& batch, const Objective& objective,
               Agreements& sums) {
  const auto device = decoder.device();
  const std::vector<int64_t> wide(batch.ids.begin(), batch.ids.end());
  const auto ids = at::tensor(wide, at::kLong).to(device);
  std::vector<Sequence> sequences;
  for (const int64_t length : batch.lengths) sequences.push_back({length, nullptr});
  const Predictions predictions = predictions_of(batch);
  const RowTargets targets = objective.targets_of(batch, ids, predictions, 1.0);
  const auto hidden =
      forward(decoder, ids, sequences).index_select(0, predictions.rows.to(device));  // [N, H]
  for (int64_t begin = 0; begin < hidden.size(0); begin += kRows) {
    const int64_t rows = std::min(kRows, hidden.size(0) - begin);
    const auto log_q = at::linear(hidden.narrow(0, begin, rows), decoder.head)
                           .to(at::kFloat)
                           .log_softmax(-1);  // [rows, V]
    add_known(log_q, recorded_rows(targets, begin, rows), sums.recorded);
    add_known(log_q, teacher_rows(targets, begin, rows), sums.teacher);
    if (!targets.teacher_hidden.defined()) continue;
    add_distributions(log_q, teacher_log_probabilities(targets, begin, rows, log_q.size(1), 1.0),
                      sums.teacher);
  }
}

// Sums over the ranks, then means.
void finish(Communicator& ranks, Agreement& sums) {
  std::array values = {static_cast<double>(sums.rows), sums.kl, sums.top1, sums.known_mass};
  ranks.sum(values);
  sums = mean_of({static_cast<int64_t>(values[0]), values[1], values[2], values[3]});
}

}  // namespace

Agreements measure_agreement(const Decoder& decoder, std::span<const Sample> samples,
                             const Objective& objective, const std::string& label,
                             Communicator& ranks) {
  const at::NoGradGuard no_gradient;
  PackingOptions packing{.batch_tokens = kPassTokens, .micro_batch_tokens = kPassTokens, .seed = 0};
  for (const Sample& sample : samples) {
    packing.micro_batch_tokens = std::max(packing.micro_batch_tokens, sample.ids.size());
  }
  Agreements result;
  const auto steps = epoch_plan(samples, packing, 0);
  Progress progress(static_cast<double>(steps.size()), "passes", label);
  const auto stride = static_cast<std::size_t>(ranks.size());
  for (auto i = static_cast<std::size_t>(ranks.rank()); i < steps.size(); i += stride) {
    if (interrupted() != 0) break;
    for (const MicroBatch& batch : steps[i].micro_batches) {
      add_batch(decoder, batch, objective, result);
    }
    progress.update(static_cast<double>(i + 1));
  }
  throw_if_interrupted_anywhere(ranks);
  finish(ranks, result.recorded);
  finish(ranks, result.teacher);
  return result;
}

Json describe_agreement(const Agreements& before, const Agreements& after) {
  const auto entry = [](const Agreement& a, const Agreement& b) {
    return Json{{"tokens", a.rows}, {"mass", a.known_mass},  {"kl_before", a.kl},
                {"kl_after", b.kl}, {"top1_before", a.top1}, {"top1_after", b.top1}};
  };
  Json json;
  if (before.recorded.rows > 0) json["recorded"] = entry(before.recorded, after.recorded);
  if (before.teacher.rows > 0) json["teacher"] = entry(before.teacher, after.teacher);
  return json;
}

}  // namespace lingua

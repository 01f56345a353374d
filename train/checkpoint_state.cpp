#include "train/checkpoint_state.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/version.h>

#include <tuple>
#include <utility>

#include "lingua_version.h"
#include "support/error.h"
#include "train/distributed_agreement.h"

namespace lingua {
namespace {

// Before the slot's name.
const std::string kBest = "best/", kAverage = "average/";

[[noreturn]] void fail(const std::string& where, const std::string& message) {
  throw Error(ErrorKind::kModel, where + ": " + message);
}

// The slots of a flat buffer as views of it, names prefixed.
void add_slots(const std::vector<SlotInfo>& slots, const at::Tensor& flat,
               const std::string& prefix, TensorMap& tensors) {
  for (const SlotInfo& slot : slots) {
    const int64_t count = c10::multiply_integers(slot.shape);
    tensors[prefix + slot.name] = flat.narrow(0, slot.offset, count).view(slot.shape);
  }
}

std::string shape_text(at::IntArrayRef shape) {
  std::string text;
  for (const int64_t size : shape) text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "[" + text + "]";
}

// Throws unless `found` has exactly the names, shapes and dtype of `expected`.
void require_same_shapes(const TensorMap& found, const TensorMap& expected,
                         const std::string& where) {
  for (const auto& [name, tensor] : expected) {
    const auto other = found.find(name);
    if (other == found.end()) fail(where, "the tensor " + name + " is missing");
    if (other->second.sizes() == tensor.sizes() && other->second.scalar_type() == at::kFloat) {
      continue;
    }
    fail(where, "the tensor " + name + " has shape " + shape_text(other->second.sizes()) +
                    ", the model asks for " + shape_text(tensor.sizes()));
  }
  if (found.size() != expected.size()) {
    fail(where, std::to_string(found.size()) + " tensors, the model asks for " +
                    std::to_string(expected.size()));
  }
}

// The buffers of a run that a checkpoint holds: all of them [N] where it is written or read, or
// shards.
struct Buffers {
  at::Tensor master, moment1, moment2;
  at::Tensor best, average;  // undefined where there are none
};

Buffers shards_of(const RunState& state, const FlatParameters& parameters) {
  const FlatState flat = parameters.state();
  return {flat.master, flat.moment1, flat.moment2, state.evaluation.best_weights,
          state.train.average};
}

template <class Each>
Buffers for_each(const Buffers& buffers, const Each& each) {
  const auto if_any = [&each](const at::Tensor& buffer) {
    return buffer.defined() ? each(buffer) : at::Tensor();
  };
  return {each(buffers.master), each(buffers.moment1), each(buffers.moment2), if_any(buffers.best),
          if_any(buffers.average)};
}

// Whole buffers as a checkpoint names them: views.
std::pair<TensorMap, TensorMap> tensors_of(const Buffers& whole,
                                           const std::vector<SlotInfo>& slots) {
  TensorMap model, optimizer;
  add_slots(slots, whole.master, "", model);
  if (whole.best.defined()) add_slots(slots, whole.best, kBest, model);
  add_slots(slots, whole.moment1, "moment1/", optimizer);
  add_slots(slots, whole.moment2, "moment2/", optimizer);
  if (whole.average.defined()) add_slots(slots, whole.average, kAverage, optimizer);
  return {std::move(model), std::move(optimizer)};
}

// Fills whole buffers, on the rank that has the checkpoint.
void read_tensors(const Checkpoint& checkpoint, const Buffers& whole,
                  const std::vector<SlotInfo>& slots) {
  const auto [model, optimizer] = tensors_of(whole, slots);
  require_same_shapes(checkpoint.model, model, checkpoint.path);
  require_same_shapes(checkpoint.optimizer, optimizer, checkpoint.path);
  for (const auto& [name, tensor] : model) tensor.copy_(checkpoint.model.at(name));
  for (const auto& [name, tensor] : optimizer) tensor.copy_(checkpoint.optimizer.at(name));
}

}  // namespace

Checkpoint make_checkpoint(const RunState& state, const FlatParameters& parameters,
                           const Json& identity) {
  Checkpoint checkpoint;
  checkpoint.state = to_json(state);
  checkpoint.state["lingua"] = LINGUA_VERSION;
  checkpoint.state["revision"] = LINGUA_REVISION;
  checkpoint.state["libtorch"] = TORCH_VERSION;
  checkpoint.state["threads"] = at::get_num_threads();
  checkpoint.state["identity"] = identity;
  checkpoint.state["ranks"] = parameters.ranks().size();
  const Buffers whole = for_each(shards_of(state, parameters),
                                 [&](const at::Tensor& shard) { return parameters.gather(shard); });
  if (!parameters.ranks().first()) return checkpoint;
  std::tie(checkpoint.model, checkpoint.optimizer) = tensors_of(whole, parameters.slots());
  return checkpoint;
}

RunState restore_checkpoint(const Checkpoint& checkpoint, FlatParameters& parameters) {
  Communicator& ranks = parameters.ranks();
  RunState state = run_state_from_json(checkpoint.state, checkpoint.path);
  const auto slots = parameters.slots();
  const std::string first = slots.front().name;
  const auto on_first = [&](bool holds) { return ranks.of_first(holds ? 1 : 0) != 0; };
  const at::Tensor master = parameters.state().master;
  if (on_first(checkpoint.optimizer.contains(kAverage + first))) {
    state.train.average = at::empty_like(master);
  }
  if (on_first(checkpoint.model.contains(kBest + first))) {
    state.evaluation.best_weights = at::empty_like(master);
  }
  const Buffers shards = shards_of(state, parameters);
  Buffers whole = shards;
  on_all_ranks(ranks, [&] {
    if (!ranks.first()) return;
    if (!ranks.alone()) {
      whole = for_each(
          shards, [&](const at::Tensor&) { return at::empty({parameters.count()}, at::kFloat); });
    }
    read_tensors(checkpoint, whole, slots);
  });
  parameters.scatter(whole.master, shards.master);
  parameters.scatter(whole.moment1, shards.moment1);
  parameters.scatter(whole.moment2, shards.moment2);
  if (shards.best.defined()) parameters.scatter(whole.best, shards.best);
  if (shards.average.defined()) parameters.scatter(whole.average, shards.average);
  parameters.refresh();
  return state;
}

}  // namespace lingua

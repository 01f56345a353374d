#include "train/checkpoint_state.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/version.h>

#include <tuple>
#include <utility>

#include "lingua_version.h"
#include "support/error.h"

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

void copy_all(const TensorMap& from, const TensorMap& to) {
  for (const auto& [name, tensor] : to) tensor.copy_(from.at(name));
}

// Views of everything that a checkpoint of this state holds.
std::pair<TensorMap, TensorMap> tensors_of(const RunState& state,
                                           const FlatParameters& parameters) {
  const auto slots = parameters.slots();
  const FlatState flat = parameters.state();
  TensorMap model, optimizer;
  add_slots(slots, flat.master, "", model);
  if (state.evaluation.best_weights.defined()) {
    add_slots(slots, state.evaluation.best_weights, kBest, model);
  }
  add_slots(slots, flat.moment1, "moment1/", optimizer);
  add_slots(slots, flat.moment2, "moment2/", optimizer);
  if (state.train.average.defined()) {
    add_slots(slots, state.train.average, kAverage, optimizer);
  }
  return {std::move(model), std::move(optimizer)};
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
  std::tie(checkpoint.model, checkpoint.optimizer) = tensors_of(state, parameters);
  return checkpoint;
}

RunState restore_checkpoint(const Checkpoint& checkpoint, FlatParameters& parameters) {
  const std::string& where = checkpoint.path;
  RunState state = run_state_from_json(checkpoint.state, where);
  const at::Tensor master = parameters.state().master;
  const std::string first = parameters.slots().front().name;
  if (checkpoint.optimizer.contains(kAverage + first)) state.train.average = at::empty_like(master);
  if (checkpoint.model.contains(kBest + first)) {
    state.evaluation.best_weights = at::empty_like(master);
  }
  const auto [model, optimizer] = tensors_of(state, parameters);
  require_same_shapes(checkpoint.model, model, where);
  require_same_shapes(checkpoint.optimizer, optimizer, where);
  copy_all(checkpoint.model, model);
  copy_all(checkpoint.optimizer, optimizer);
  parameters.refresh();
  return state;
}

}  // namespace lingua

#pragma once

#include <cstddef>
#include <exception>
#include <functional>

#include "compress/language_model.h"
#include "compress/prefix_store.h"
#include "model/scorer.h"

namespace lingua {

struct RoundsOptions {
  std::size_t most_at_once = 16;                 // tasks, at least 1
  std::size_t most_size = std::size_t{1} << 18;  // of the tasks at once together; one may have more
};

// Work that asks a model now and then, such as compressing many prompts.
struct Tasks {
  std::size_t count = 0;
  std::function<std::size_t(std::size_t task)> size;  // in any unit, such as bytes of the prompt
  // Called in a thread of the task's own. What it throws is passed to `done`.
  std::function<void(std::size_t task, const LanguageModel& model)> work;
  // Called by the thread of run_in_rounds(), in the order of the tasks, as soon as a task and all
  // before it have ended. `error` is null when work() has returned. What it throws ends the rest.
  std::function<void(std::size_t task, std::exception_ptr error)> done;
};

// A model and what it has scored.
struct RoundsModel {
  const Scorer& scorer;
  PrefixStore& store;
};

// Runs all tasks, several at once. Their questions to the model are answered in rounds: once each
// of the running tasks has asked or ended, all questions are scored together and the next tasks
// take the places that have become free. So what is scored with what depends on the tasks alone,
// never on time, and over a new store the same tasks get the same losses. The model runs in this
// thread alone, that of `scorer` and of `store`. Checks for signals between rounds. `draft`, where
// it is not null, makes the coarse choices (LanguageModel::draft).
void run_in_rounds(const Tasks& tasks, const Scorer& scorer, PrefixStore& store,
                   const RoundsOptions& options = {}, const RoundsModel* draft = nullptr);

}  // namespace lingua

#include "compress/rounds.h"

#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "compress/draft.h"
#include "support/interrupt.h"

namespace lingua {
namespace {

// Ends a task whose answer nobody waits for any more.
struct Abandoned {};

// What a task asks and what becomes of it.
struct Place {
  std::thread thread;
  bool waits = false;             // for an answer to
  ScoreRequest question;          // this,
  std::span<const TokenId> text;  // or, where it is not empty, what this one means
  std::size_t asked = 0;          // of the models
  std::vector<float> answer;
  std::exception_ptr error;
  bool ended = false;
  std::size_t size = 0;
  bool takes_room = true;  // until its end was seen after a round
};

class Rounds {
 public:
  // The first of `models` answers, a second one drafts.
  Rounds(const Tasks& tasks, std::vector<RoundsModel> models, const RoundsOptions& options)
      : tasks_(tasks), models_(std::move(models)), options_(options) {}

  ~Rounds() {
    {
      const std::lock_guard lock(mutex_);
      abandoned_ = true;
    }
    answered_.notify_all();
    for (auto& [task, place] : places_) place.thread.join();
  }

  void run() {
    while (next_ < tasks_.count || !places_.empty()) {
      start_tasks();
      wait_for_all();
      // Ended tasks make room for others, which are to ask in this round too.
      if (collect_ended()) continue;
      answer_all();
    }
  }

 private:
  bool has_room(std::size_t size) const {
    std::size_t running = 0, together = size;
    for (const auto& [task, place] : places_) {
      if (!place.takes_room) continue;
      ++running;
      together += place.size;
    }
    return running == 0 || (running < options_.most_at_once && together <= options_.most_size);
  }

  // The tasks that have ended wait for those before them; no more than that many places are held.
  void start_tasks() {
    while (next_ < tasks_.count && places_.size() < 2 * options_.most_at_once) {
      const std::size_t size = tasks_.size(next_);
      if (!has_room(size)) return;
      const std::size_t task = next_++;
      Place& place = places_[task];
      place.size = size;
      {
        const std::lock_guard lock(mutex_);
        ++busy_;
      }
      place.thread = std::thread([this, task, &place] { work(task, place); });
    }
  }

  void work(std::size_t task, Place& place) {
    std::exception_ptr error;
    try {
      tasks_.work(task, model_of(place));
    } catch (...) {
      error = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    place.error = error;
    place.ended = true;
    --busy_;
    all_wait_.notify_one();
  }

  LanguageModel model_of(Place& place) {
    LanguageModel model = language_model(place, 0);
    return models_.size() > 1 ? with_draft(std::move(model), language_model(place, 1)) : model;
  }

  LanguageModel language_model(Place& place, std::size_t index) {
    const auto losses = [this, &place, index](std::span<const TokenId> history,
                                              std::span<const TokenId> next) {
      return ask(place, index, {history, next}, {});
    };
    const auto embed = [this, &place, index](std::span<const TokenId> text) {
      return ask(place, index, {}, text);
    };
    const Scorer& scorer = models_[index].scorer;
    return {scorer.config().max_position_embeddings, losses, embed, nullptr,
            scorer.window().recent};
  }

  // In the task's thread.
  std::vector<float> ask(Place& place, std::size_t model, const ScoreRequest& question,
                         std::span<const TokenId> text) {
    std::unique_lock lock(mutex_);
    place.asked = model;
    place.question = question;
    place.text = text;
    place.waits = true;
    --busy_;
    all_wait_.notify_one();
    answered_.wait(lock, [&] { return abandoned_ || !place.waits; });
    if (abandoned_) {
      ++busy_;
      throw Abandoned();
    }
    return std::move(place.answer);
  }

  void wait_for_all() {
    std::unique_lock lock(mutex_);
    all_wait_.wait(lock, [&] { return busy_ == 0; });
  }

  // Hands out the tasks at the front that have ended; whether some place has become free.
  bool collect_ended() {
    throw_if_interrupted();
    bool freed = false;
    for (auto& [task, place] : places_) {
      freed = freed || (place.ended && place.takes_room);
      place.takes_room = !place.ended;
    }
    while (!places_.empty() && places_.begin()->second.ended) {
      auto& [task, place] = *places_.begin();
      place.thread.join();
      const std::size_t ended = task;
      const std::exception_ptr error = place.error;
      places_.erase(places_.begin());
      tasks_.done(ended, error);
    }
    return freed;
  }

  void answer_all() {
    for (std::size_t model = 0; model < models_.size(); ++model) answer(model);
    const std::lock_guard lock(mutex_);
    for (auto& [task, place] : places_) {
      if (!place.waits) continue;
      place.waits = false;
      ++busy_;
    }
    answered_.notify_all();
  }

  // All tasks wait meanwhile.
  void answer(std::size_t model) {
    std::vector<ScoreRequest> questions;
    const auto asks = [model](const Place& place) { return place.waits && place.asked == model; };
    for (const auto& [task, place] : places_) {
      if (asks(place) && place.text.empty()) questions.push_back(place.question);
    }
    auto answers = models_[model].store.losses(questions);
    auto next = answers.begin();
    for (auto& [task, place] : places_) {
      if (!asks(place)) continue;
      place.answer =
          place.text.empty() ? std::move(*next++) : models_[model].scorer.embed(place.text);
    }
  }

  const Tasks& tasks_;
  std::vector<RoundsModel> models_;
  RoundsOptions options_;
  std::map<std::size_t, Place> places_;  // by task; those that have begun and are not handed out
  std::size_t next_ = 0;                 // the first task that has not begun

  std::mutex mutex_;  // of what follows and of the places' questions, answers and ends
  std::condition_variable all_wait_;
  std::condition_variable answered_;
  std::size_t busy_ = 0;  // tasks that neither wait nor have ended
  bool abandoned_ = false;
};

}  // namespace

void run_in_rounds(const Tasks& tasks, const Scorer& scorer, PrefixStore& store,
                   const RoundsOptions& options, const RoundsModel* draft) {
  std::vector<RoundsModel> models = {{scorer, store}};
  if (draft != nullptr) models.push_back(*draft);
  Rounds(tasks, std::move(models), options).run();
}

}  // namespace lingua

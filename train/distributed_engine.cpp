#include "train/distributed_engine.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace lingua {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kLongestMessage = std::size_t{1} << 30;  // MPI counts in int
constexpr int kTags = 32768;                                   // that every MPI has
// How often the engine looks after its transfers: without a pause while there is news, then in a
// rhythm that leaves the processors to those who compute.
constexpr int kEagerPolls = 200;
constexpr auto kPause = std::chrono::microseconds(50);
// Without transfers there are only the signs of life of others to be heard.
constexpr auto kIdle = std::chrono::milliseconds(50);
constexpr auto kLongestGoodbye = std::chrono::milliseconds(300);

// As pieces that MPI can count.
std::vector<LinguaMpiTransfer> cut(const std::vector<LinguaMpiTransfer>& transfers) {
  std::vector<LinguaMpiTransfer> pieces;
  for (const LinguaMpiTransfer& transfer : transfers) {
    for (std::size_t begin = 0; begin < transfer.bytes; begin += kLongestMessage) {
      pieces.push_back({transfer.rank, static_cast<char*>(transfer.data) + begin,
                        std::min(kLongestMessage, transfer.bytes - begin)});
    }
  }
  return pieces;
}

std::string text_of(int code) {
  char text[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  MPI_Error_string(code, text, &length);
  return text;
}

}  // namespace

TransferEngine::TransferEngine(double patience) : patience_(patience), thread_([this] { run(); }) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return ready_ || !failure_.empty(); });
  if (failure_.empty()) return;
  lock.unlock();
  thread_.join();
  throw std::runtime_error(failure_);
}

int64_t TransferEngine::start(std::vector<LinguaMpiTransfer> sends,
                              std::vector<LinguaMpiTransfer> receives) {
  const std::lock_guard lock(mutex_);
  const int64_t ticket = ++last_ticket_;
  new_.push_back({ticket, std::move(sends), std::move(receives), {}});
  pending_.insert(ticket);
  changed_.notify_all();
  return ticket;
}

LinguaMpiState TransferEngine::wait(int64_t ticket, double seconds, std::string& why) {
  std::unique_lock lock(mutex_);
  const auto over = [&] { return !pending_.contains(ticket) || !failure_.empty(); };
  changed_.wait_for(lock, std::chrono::duration<double>(seconds), over);
  if (!pending_.contains(ticket)) return kLinguaMpiDone;
  why = failure_;
  return why.empty() ? kLinguaMpiPending : failed_as_;
}

void TransferEngine::end_by(End end) {
  {
    const std::lock_guard lock(mutex_);
    end_ = end;
    changed_.notify_all();
  }
  thread_.join();
}

std::string TransferEngine::leave() {
  end_by(End::kLeave);
  return failure_;
}

void TransferEngine::abandon() { end_by(End::kAbandon); }

void TransferEngine::run() {
  try {
    initialise();
    while (carry_on()) {
    }
  } catch (const std::exception& exception) {
    fail(exception.what());
  }
}

void TransferEngine::initialise() {
  int level = 0;
  // This thread alone calls MPI.
  check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &level));
  check(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN));
  check(MPI_Comm_dup(MPI_COMM_WORLD, &data_));
  check(MPI_Comm_rank(data_, &rank_));
  check(MPI_Comm_size(data_, &size_));
  heartbeat_ = std::make_unique<Heartbeat>(MPI_COMM_WORLD, patience_);
  const std::lock_guard lock(mutex_);
  ready_ = true;
  changed_.notify_all();
}

bool TransferEngine::carry_on() {
  take_new();
  test_active();
  take(heartbeat_->beat());
  std::unique_lock lock(mutex_);
  if (end_ == End::kAbandon) {
    lock.unlock();
    say_goodbye();
    return false;
  }
  if (end_ == End::kLeave && (!failure_.empty() || (active_.empty() && new_.empty()))) {
    const bool orderly = failure_.empty();
    lock.unlock();
    if (orderly) finish();
    return false;
  }
  rest(lock);
  return true;
}

void TransferEngine::take_new() {
  std::deque<Operation> taken;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(new_);
  }
  for (Operation& operation : taken) {
    post(operation);
    active_.push_back(std::move(operation));
    polls_without_news_ = 0;
  }
}

void TransferEngine::post(Operation& operation) {
  const int tag = static_cast<int>(operation.ticket % kTags);
  const auto next = [&operation]() -> MPI_Request* {
    return &operation.requests.emplace_back(MPI_REQUEST_NULL);
  };
  for (const LinguaMpiTransfer& piece : cut(operation.receives)) {
    check(MPI_Irecv(piece.data, static_cast<int>(piece.bytes), MPI_BYTE, piece.rank, tag, data_,
                    next()));
  }
  for (const LinguaMpiTransfer& piece : cut(operation.sends)) {
    check(MPI_Isend(piece.data, static_cast<int>(piece.bytes), MPI_BYTE, piece.rank, tag, data_,
                    next()));
  }
}

void TransferEngine::test_active() {
  ++polls_without_news_;
  for (auto operation = active_.begin(); operation != active_.end();) {
    int done = 0;
    check(MPI_Testall(static_cast<int>(operation->requests.size()), operation->requests.data(),
                      &done, MPI_STATUSES_IGNORE));
    if (done == 0) {
      ++operation;
      continue;
    }
    polls_without_news_ = 0;
    const std::lock_guard lock(mutex_);
    pending_.erase(operation->ticket);
    changed_.notify_all();
    operation = active_.erase(operation);
  }
}

// How long depends on what there is to be looked after.
void TransferEngine::rest(std::unique_lock<std::mutex>& lock) {
  if (active_.empty()) {
    changed_.wait_for(lock, kIdle, [this] { return !new_.empty() || end_ != End::kNone; });
    return;
  }
  lock.unlock();
  if (polls_without_news_ < kEagerPolls) {
    std::this_thread::yield();
  } else {
    std::this_thread::sleep_for(kPause);
  }
}

// Waits until the others are done too; else MPI_Finalize could wait for a dead rank.
void TransferEngine::finish() {
  heartbeat_->say_done();
  while (!heartbeat_->all_done()) {
    const Heartbeat::News news = heartbeat_->beat();
    if (!news.text.empty()) return fail(news.text);
    std::this_thread::sleep_for(kPause);
  }
  heartbeat_.reset();
  MPI_Comm_free(&data_);
  MPI_Finalize();
}

void TransferEngine::say_goodbye() {
  heartbeat_->say_gone();
  const auto end = Clock::now() + kLongestGoodbye;
  while (Clock::now() < end) {
    heartbeat_->beat();
    std::this_thread::sleep_for(kPause);
  }
}

// What a rank sent before it said goodbye may still be under way.
void TransferEngine::take(const Heartbeat::News& news) {
  if (!news.goodbye) {
    if (!news.text.empty()) fail(news.text);
  } else if (goodbye_.empty()) {
    goodbye_ = news.text;
    goodbye_at_ = Clock::now();
  }
  if (!goodbye_.empty() && Clock::now() - goodbye_at_ > kLongestGoodbye) {
    fail(goodbye_, kLinguaMpiEnded);
  }
}

void TransferEngine::fail(const std::string& why, LinguaMpiState state) {
  const std::lock_guard lock(mutex_);
  if (failure_.empty()) {
    failure_ = why;
    failed_as_ = state;
  }
  changed_.notify_all();
}

void TransferEngine::check(int code) {
  if (code != MPI_SUCCESS) throw std::runtime_error("MPI: " + text_of(code));
}

}  // namespace lingua

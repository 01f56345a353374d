#pragma once

#include <mpi.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "train/distributed_heartbeat.h"
#include "train/distributed_module.h"

namespace lingua {

// The thread that calls MPI, and the transfers that it carries on. The public functions are for one
// other thread.
class TransferEngine {
 public:
  // Initialises MPI on the new thread. Throws std::runtime_error.
  explicit TransferEngine(double patience);
  // leave() or abandon() comes first.
  ~TransferEngine() = default;
  TransferEngine(const TransferEngine&) = delete;
  TransferEngine& operator=(const TransferEngine&) = delete;

  int rank() const { return rank_; }
  int size() const { return size_; }

  int64_t start(std::vector<LinguaMpiTransfer> sends, std::vector<LinguaMpiTransfer> receives);
  // `why`: set where the result is kLinguaMpiFailed or kLinguaMpiEnded.
  LinguaMpiState wait(int64_t ticket, double seconds, std::string& why);

  // Ends with the others; returns what went wrong, or "".
  std::string leave();
  void abandon();

 private:
  enum class End { kNone, kLeave, kAbandon };

  // Transfers of one ticket.
  struct Operation {
    int64_t ticket = 0;
    std::vector<LinguaMpiTransfer> sends, receives;
    std::vector<MPI_Request> requests;
  };

  void run();
  void initialise();
  bool carry_on();
  void take_new();
  void post(Operation& operation);
  void test_active();
  void rest(std::unique_lock<std::mutex>& lock);
  void finish();
  void say_goodbye();
  void take(const Heartbeat::News& news);
  void fail(const std::string& why, LinguaMpiState state = kLinguaMpiFailed);
  void check(int code);
  void end_by(End end);

  const double patience_;
  int rank_ = 0, size_ = 1;

  // Of the engine's thread alone.
  std::unique_ptr<Heartbeat> heartbeat_;
  MPI_Comm data_ = MPI_COMM_NULL;
  std::list<Operation> active_;
  int polls_without_news_ = 0;
  std::chrono::steady_clock::time_point goodbye_at_;  // when a rank said that it ends early
  std::string goodbye_;                               // what it said; "": none did

  std::mutex mutex_;  // guards the following
  std::condition_variable changed_;
  std::deque<Operation> new_;
  std::set<int64_t> pending_;  // tickets that are not done
  int64_t last_ticket_ = 0;
  bool ready_ = false;  // MPI is there
  End end_ = End::kNone;
  std::string failure_;
  LinguaMpiState failed_as_ = kLinguaMpiFailed;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace lingua

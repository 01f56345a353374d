#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "support/error.h"
#include "train/distributed_module.h"

namespace lingua {

// Thrown where another rank is the one to tell the user what is wrong.
class FailedElsewhere : public Error {
 public:
  using Error::Error;
};

// The processes that train one model together, called ranks. A process that is alone is the one
// rank of its run; all functions are then done at once.
//
// All ranks call the same functions in the same order. A function that waits for other ranks throws
// Error(kInternal) when one of them is dead or silent for too long, FailedElsewhere when one of
// them has ended early.
class Communicator {
 public:
  // Alone.
  Communicator() = default;
  // Joins the others. `patience`: seconds of silence after which a rank counts as dead. Throws
  // Error(kInternal).
  Communicator(const LinguaMpiApi& api, double patience);
  // Tells the others that this rank ends early, unless leave() was called.
  ~Communicator();
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;

  int rank() const { return rank_; }  // from 0
  int size() const { return size_; }
  bool alone() const { return size_ == 1; }
  bool first() const { return rank_ == 0; }  // the one that reads and writes files and prints

  using Transfer = LinguaMpiTransfer;
  using Ticket = int64_t;

  // Starts transfers, which go on while the caller computes; their memory must stay. What one rank
  // sends another one receives in the call of the same number.
  Ticket start(std::span<const Transfer> sends, std::span<const Transfer> receives);
  bool done(Ticket ticket);
  void wait(Ticket ticket);

  // Replaces each value by its sum over the ranks, taken in their order: all get the same bits.
  void sum(std::span<double> values);

  // The value that the first rank gives.
  double of_first(double value);

  // Replaces the text by that of the first rank.
  void broadcast(std::string& text);

  // Ends together with the others.
  void leave();

 private:
  LinguaMpiState state_of(Ticket ticket, double seconds);

  const LinguaMpiApi* api_ = nullptr;  // null: alone, or left
  int rank_ = 0, size_ = 1;
};

// The one rank of a process that is alone.
Communicator& no_others();

}  // namespace lingua

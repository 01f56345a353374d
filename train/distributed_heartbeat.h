#pragma once

#include <mpi.h>

#include <chrono>
#include <string>
#include <vector>

namespace lingua {

// Tells every other rank each second that this one lives, and hears when one of them falls silent
// or ends early. Used by one thread, which calls beat() often.
class Heartbeat {
 public:
  // `patience`: seconds of silence after which a rank counts as dead.
  Heartbeat(MPI_Comm ranks, double patience);
  ~Heartbeat() = default;
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  // What has happened to another rank.
  struct News {
    std::string text;      // "": nothing
    bool goodbye = false;  // it said so itself
  };

  // Sends and receives what is due.
  News beat();

  // The last messages to the others: this rank is done, or it ends early.
  void say_done();
  void say_gone();

  // True when all others have said that they are done, and all is sent.
  bool all_done();

 private:
  using Clock = std::chrono::steady_clock;

  struct Peer {
    int rank = 0;
    int outgoing = 0;  // the message being sent
    int incoming = 0;
    MPI_Request send = MPI_REQUEST_NULL;
    MPI_Request receive = MPI_REQUEST_NULL;
    Clock::time_point heard;
    bool done = false;
  };

  void send(Peer& peer, int message);
  News listen(Peer& peer, Clock::time_point now);

  MPI_Comm ranks_;
  Clock::duration patience_;
  std::vector<Peer> peers_;
  Clock::time_point beaten_;  // when beat() was called last
  Clock::time_point sent_;
  bool talking_ = true;
};

}  // namespace lingua

#include "train/distributed_heartbeat.h"

#include <cstdio>

namespace lingua {
namespace {

constexpr auto kInterval = std::chrono::seconds(1);
// A gap of this length between two beats means that this process stood still, not the others.
constexpr auto kOwnPause = std::chrono::seconds(3);

enum Message { kAlive, kDone, kGone };

bool complete(MPI_Request& request) {
  int done = 0;
  return MPI_Test(&request, &done, MPI_STATUS_IGNORE) == MPI_SUCCESS && done != 0;
}

}  // namespace

Heartbeat::Heartbeat(MPI_Comm ranks, double patience)
    : ranks_(ranks),
      patience_(
          std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(patience))),
      beaten_(Clock::now()),
      sent_(beaten_ - kInterval) {
  int rank = 0, size = 1;
  MPI_Comm_rank(ranks_, &rank);
  MPI_Comm_size(ranks_, &size);
  for (int other = 0; other < size; ++other) {
    if (other == rank) continue;
    peers_.emplace_back();
    peers_.back().rank = other;
    peers_.back().heard = beaten_;
  }
  // Only now: the buffers lie in the vector.
  for (Peer& peer : peers_) {
    MPI_Irecv(&peer.incoming, 1, MPI_INT, peer.rank, 0, ranks_, &peer.receive);
  }
}

void Heartbeat::send(Peer& peer, int message) {
  // A rank that stands still takes nothing: one message to it under way is enough.
  if (peer.send != MPI_REQUEST_NULL && !complete(peer.send)) return;
  peer.outgoing = message;
  MPI_Isend(&peer.outgoing, 1, MPI_INT, peer.rank, 0, ranks_, &peer.send);
}

Heartbeat::News Heartbeat::listen(Peer& peer, Clock::time_point now) {
  while (!peer.done && complete(peer.receive)) {
    peer.heard = now;
    if (peer.incoming == kGone) {
      peer.done = true;
      return {"rank " + std::to_string(peer.rank) + " has ended early", true};
    }
    peer.done = peer.incoming == kDone;
    if (peer.done) break;
    MPI_Irecv(&peer.incoming, 1, MPI_INT, peer.rank, 0, ranks_, &peer.receive);
  }
  if (peer.done || now - peer.heard <= patience_) return {};
  char text[100];
  std::snprintf(text, sizeof text, "rank %d is dead or unreachable: it has been silent for %.0f s",
                peer.rank, std::chrono::duration<double>(now - peer.heard).count());
  return {text, false};
}

Heartbeat::News Heartbeat::beat() {
  const auto now = Clock::now();
  const bool stood_still = now - beaten_ > kOwnPause;
  beaten_ = now;
  if (stood_still) {
    for (Peer& peer : peers_) peer.heard = now;
  }
  if (talking_ && now - sent_ >= kInterval) {
    sent_ = now;
    for (Peer& peer : peers_) send(peer, kAlive);
  }
  News first;
  for (Peer& peer : peers_) {
    const News news = listen(peer, now);
    if (first.text.empty()) first = news;
  }
  return first;
}

void Heartbeat::say_done() {
  talking_ = false;
  for (Peer& peer : peers_) {
    MPI_Wait(&peer.send, MPI_STATUS_IGNORE);
    send(peer, kDone);
  }
}

void Heartbeat::say_gone() {
  talking_ = false;
  for (Peer& peer : peers_) send(peer, kGone);
}

bool Heartbeat::all_done() {
  bool all = true;
  for (Peer& peer : peers_) all = peer.done && complete(peer.send) && all;
  return all;
}

}  // namespace lingua

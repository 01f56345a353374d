#include "train/communicator.h"

#include <algorithm>

#include "support/interrupt.h"
#include "support/log.h"

namespace lingua {
namespace {

constexpr double kGlance = 0.2;  // seconds between two looks at caught signals

constexpr const char* kHint =
    "with --checkpoint-dir and --resume the run goes on from its last checkpoint, on any number of "
    "ranks";

[[noreturn]] void fail(const std::string& what) { throw Error(ErrorKind::kInternal, what, kHint); }

}  // namespace

Communicator::Communicator(const LinguaMpiApi& api, double patience) {
  char message[kLinguaMpiMessageSize] = "";
  if (!api.join(patience, &rank_, &size_, message)) {
    throw Error(ErrorKind::kInternal, "cannot join the other ranks: " + std::string(message));
  }
  api_ = &api;
}

Communicator::~Communicator() {
  if (api_ != nullptr) api_->abandon();
}

Communicator::Ticket Communicator::start(std::span<const Transfer> sends,
                                         std::span<const Transfer> receives) {
  if (api_ == nullptr) return 0;
  return api_->start(sends.data(), sends.size(), receives.data(), receives.size());
}

LinguaMpiState Communicator::state_of(Ticket ticket, double seconds) {
  if (api_ == nullptr) return kLinguaMpiDone;
  char message[kLinguaMpiMessageSize] = "";
  const LinguaMpiState state = api_->wait(ticket, seconds, message);
  if (state == kLinguaMpiFailed) fail(message);
  if (state == kLinguaMpiEnded) throw FailedElsewhere(ErrorKind::kInternal, message, kHint);
  return state;
}

bool Communicator::done(Ticket ticket) { return state_of(ticket, 0) == kLinguaMpiDone; }

void Communicator::wait(Ticket ticket) {
  bool told = interrupted() != 0;
  while (state_of(ticket, kGlance) == kLinguaMpiPending) {
    if (told || interrupted() == 0) continue;
    log_warning("signal " + std::to_string(interrupted()) + " while waiting for the other ranks");
    told = true;
  }
}

void Communicator::sum(std::span<double> values) {
  if (alone()) return;
  const auto ranks = static_cast<std::size_t>(size_);
  std::vector<double> all(ranks * values.size());  // [size, values]
  const auto of_rank = [&](int rank) {
    return all.begin() +
           static_cast<std::ptrdiff_t>(static_cast<std::size_t>(rank) * values.size());
  };
  std::copy(values.begin(), values.end(), of_rank(rank_));
  std::vector<Transfer> sends, receives;
  for (int other = 0; other < size_; ++other) {
    if (other == rank_) continue;
    sends.push_back({other, &*of_rank(rank_), values.size_bytes()});
    receives.push_back({other, &*of_rank(other), values.size_bytes()});
  }
  wait(start(sends, receives));
  std::fill(values.begin(), values.end(), 0.0);
  for (int rank = 0; rank < size_; ++rank) {
    const auto term = of_rank(rank);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] += term[static_cast<std::ptrdiff_t>(i)];
    }
  }
}

double Communicator::of_first(double value) {
  if (!first()) value = 0;
  sum({&value, 1});
  return value;
}

void Communicator::broadcast(std::string& text) {
  if (alone()) return;
  text.resize(static_cast<std::size_t>(of_first(static_cast<double>(text.size()))));
  std::vector<Transfer> sends, receives;
  if (first()) {
    for (int other = 1; other < size_; ++other) sends.push_back({other, text.data(), text.size()});
  } else {
    receives.push_back({0, text.data(), text.size()});
  }
  wait(start(sends, receives));
}

void Communicator::leave() {
  if (api_ == nullptr) return;
  char message[kLinguaMpiMessageSize] = "";
  const bool orderly = api_->leave(message);
  api_ = nullptr;
  if (!orderly) fail(message);
}

Communicator& no_others() {
  static Communicator alone;
  return alone;
}

}  // namespace lingua

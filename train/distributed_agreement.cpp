#include "train/distributed_agreement.h"

#include <algorithm>
#include <exception>
#include <vector>

#include "support/error.h"

namespace lingua {
namespace {

// One value of each rank, on all ranks.
std::vector<double> from_all(Communicator& ranks, double own) {
  std::vector<double> values(static_cast<std::size_t>(ranks.size()));
  values[static_cast<std::size_t>(ranks.rank())] = own;
  ranks.sum(values);
  return values;
}

// The first rank whose value is not 0, or `end`.
auto first_of(const std::vector<double>& values) {
  return std::find_if(values.begin(), values.end(), [](double value) { return value != 0; });
}

// Exit code of what is being thrown.
int exit_code_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    return error.exit_code();
  } catch (const Interrupted& caught) {
    return 128 + caught.signal;
  } catch (...) {
    return static_cast<int>(ErrorKind::kInternal);
  }
}

}  // namespace

void on_all_ranks(Communicator& ranks, const std::function<void()>& work) {
  if (ranks.alone()) return work();
  std::exception_ptr failure;
  try {
    work();
  } catch (...) {
    failure = std::current_exception();
  }
  const auto codes = from_all(ranks, failure ? exit_code_of(failure) : 0);
  const auto found = first_of(codes);
  if (found == codes.end()) return;
  const auto rank = static_cast<int>(found - codes.begin());
  if (rank == ranks.rank()) std::rethrow_exception(failure);
  const int code = static_cast<int>(*found);
  if (code > 128) throw Interrupted{code - 128};
  throw FailedElsewhere(static_cast<ErrorKind>(code),
                        "rank " + std::to_string(rank) + " cannot go on and says why");
}

int interrupted_anywhere(Communicator& ranks, int own) {
  if (ranks.alone()) return own;
  const auto signals = from_all(ranks, own);
  const auto found = first_of(signals);
  return found == signals.end() ? 0 : static_cast<int>(*found);
}

void throw_if_interrupted_anywhere(Communicator& ranks) {
  if (const int signal = interrupted_anywhere(ranks); signal != 0) throw Interrupted{signal};
}

void require_same_everywhere(Communicator& ranks, const Json& identity) {
  if (ranks.alone()) return;
  std::string text = dump_json(identity);
  ranks.broadcast(text);
  const Json first = parse_json(text, "the first rank", ErrorKind::kInternal);
  on_all_ranks(ranks, [&] {
    for (const auto& [part, values] : identity.items()) {
      for (const auto& [name, value] : values.items()) {
        const Json& other = first[part][name];
        if (other == value) continue;
        throw Error(ErrorKind::kData,
                    name + " differs between the ranks: " + dump_json(other) + " on rank 0, " +
                        dump_json(value) + " on rank " + std::to_string(ranks.rank()),
                    "every machine needs the same files and options");
      }
    }
  });
}

}  // namespace lingua

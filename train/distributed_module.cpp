#include "train/distributed_module.h"

#include <cstdio>
#include <exception>
#include <memory>
#include <string>

#include "train/distributed_engine.h"

namespace {

std::unique_ptr<lingua::TransferEngine> engine;  // of this process, from join() to its end

bool tell(char* message, const std::string& text) {
  std::snprintf(message, kLinguaMpiMessageSize, "%s", text.c_str());
  return text.empty();
}

bool join(double patience, int* rank, int* size, char* message) {
  try {
    engine = std::make_unique<lingua::TransferEngine>(patience);
  } catch (const std::exception& exception) {
    return tell(message, exception.what());
  }
  *rank = engine->rank();
  *size = engine->size();
  return true;
}

int64_t start(const LinguaMpiTransfer* sends, size_t send_count, const LinguaMpiTransfer* receives,
              size_t receive_count) {
  return engine->start({sends, sends + send_count}, {receives, receives + receive_count});
}

LinguaMpiState wait(int64_t ticket, double seconds, char* message) {
  std::string why;
  const LinguaMpiState state = engine->wait(ticket, seconds, why);
  tell(message, why);
  return state;
}

bool leave(char* message) {
  const std::string failure = engine->leave();
  engine.reset();
  return tell(message, failure);
}

void abandon() {
  engine->abandon();
  engine.reset();
}

}  // namespace

const LinguaMpiApi* lingua_mpi_api() {
  static const LinguaMpiApi api = {kLinguaMpiVersion, join, start, wait, leave, abandon};
  return &api;
}

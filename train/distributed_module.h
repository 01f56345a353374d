#pragma once

#include <cstddef>
#include <cstdint>

// A plain C interface above MPI, so that the library lives in a module of its own, which only runs
// of several processes load: see cmake/LinguaMpi.cmake. No exception and no C++ object crosses.
//
// The module calls MPI on one thread of its own, which carries transfers on while the caller
// computes, and hears whether the other processes are alive. Functions that can fail write a
// message, ended by a zero byte, to `message`, which has room for kLinguaMpiMessageSize bytes.
extern "C" {

enum { kLinguaMpiVersion = 1, kLinguaMpiMessageSize = 512 };

// Bytes to be sent to a rank or received from it.
struct LinguaMpiTransfer {
  int rank;
  void* data;  // only read where it is sent
  size_t bytes;
};

enum LinguaMpiState {
  kLinguaMpiDone,
  kLinguaMpiPending,
  kLinguaMpiFailed,  // `message` says why
  kLinguaMpiEnded,   // another rank has ended early and said so; `message` names it
};

struct LinguaMpiApi {
  int version;  // kLinguaMpiVersion

  // Joins the other processes, once a process. A rank that is silent for `patience` seconds counts
  // as dead.
  bool (*join)(double patience, int* rank, int* size, char* message);

  // Starts transfers, whose memory must stay until they are done, and returns their ticket. All
  // ranks call this in the same order, with transfers that match.
  int64_t (*start)(const LinguaMpiTransfer* sends, size_t send_count,
                   const LinguaMpiTransfer* receives, size_t receive_count);

  // Waits for all transfers of a ticket, `seconds` at the most.
  enum LinguaMpiState (*wait)(int64_t ticket, double seconds, char* message);

  // Ends together with the other ranks, after their last transfers.
  bool (*leave)(char* message);

  // Ends alone: the others are told, and nothing is waited for.
  void (*abandon)();
};

// The one symbol of the module. The table lives as long as the module.
const LinguaMpiApi* lingua_mpi_api();
}

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/json.h"

namespace lingua {

// A file of results, one line each, that an interrupted run goes on with. Lines are appended as
// they come. Beside FILE lies FILE.resume: what the results depend on, and for each input that is
// done a hash of it, where its line ends in FILE and a hash of the line. It stays there, so that a
// run that was through finds nothing left to do, or only what has been added to the input. A
// process that is killed leaves at most a line behind of which FILE.resume does not know; it is cut
// off.
class ResumableOutput {
 public:
  // `identity` is an object of all that the results depend on besides the inputs, by names that a
  // person understands. Throws Error(kUsage) when the run so far had another identity, naming what
  // differs, or when the file exists without FILE.resume; Error(kData) when its lines are not the
  // run's, when another process is at it, and for failures of the system.
  ResumableOutput(std::string path, const Json& identity);

  // Inputs that were done before; to be asked for in order before anything is written.
  std::size_t done() const { return done_.size(); }

  // Throws Error(kUsage) naming `where` unless `input` is the one that was number `index`.
  void require_same(std::size_t index, std::string_view input, const std::string& where) const;

  // The line for the next input, with its end; empty for one that is passed over.
  void write(std::string_view input, std::string_view line);

  // All is there: has the system write it to disk.
  void finish();

 private:
  // A file descriptor, closed with it.
  struct Descriptor {
    int number = -1;
    Descriptor() = default;
    ~Descriptor();
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
  };
  struct Done {
    std::string input;  // hash
    uint64_t end = 0;   // bytes of the output up to the end of its line
    std::string line;   // hash
  };

  [[noreturn]] void fail(const std::string& path, const std::string& action) const;
  void begin(const Json& identity);
  void go_on(const Json& identity, std::string_view journal);
  void read_done(std::string_view entries);
  std::size_t check_lines() const;
  void append(int file, const std::string& path, std::string_view bytes) const;

  std::string path_, journal_path_;
  Descriptor output_, journal_;
  std::vector<Done> done_;
  std::vector<uint64_t> journal_ends_;  // bytes of FILE.resume up to each entry's end
  uint64_t end_ = 0;                    // bytes of the output
};

}  // namespace lingua

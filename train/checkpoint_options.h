#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace lingua {

// When a run is written down so that it can be continued.
struct CheckpointOptions {
  // Folder of the checkpoints of one run; "": none are made.
  std::string folder;
  // Steps from one checkpoint to the next; 0: no matter how many. >= 0
  int64_t steps = 0;
  // Minutes from one checkpoint to the next; 0: no matter how many. >= 0
  double minutes = 10;
  // How many of the last ones are kept, besides the best. >= 1
  int64_t keep = 2;
  // Goes on from the newest good checkpoint of the folder; from the beginning where there is none.
  bool resume = false;
  // The options that decide what training gives, by name, as text: a resumed run must have the
  // same.
  std::map<std::string, std::string> settings;
};

// Throws Error(kUsage) naming the option that cannot be.
void validate(const CheckpointOptions& options);

}  // namespace lingua

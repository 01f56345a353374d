#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "data/example.h"

namespace lingua {

struct ReadOptions {
  // Bad lines, over all files, that are passed over with a warning; one more ends the reading. >= 0
  std::size_t max_bad_lines = 20;
  // "auto", or a name out of dialect_names() that every line must be in.
  std::string format = "auto";
};

// Throws Error(kUsage) naming the value that cannot be.
void validate(const ReadOptions& options);

struct ReadResult {
  std::vector<Example> examples;  // in the order of the files and their lines
  std::vector<std::string> bad;   // "file:line: reason"
  std::size_t blank_lines = 0;
  std::size_t duplicates = 0;  // examples whose messages stood before; they are kept
};

// Reads target outputs from JSON Lines files (docs/formats.md), UTF-8, with LF or CRLF. Bad lines
// are warned of and counted. Throws Error(kData): a file that is missing, empty, without any
// example, no JSON Lines but one JSON array or document, UTF-16; more bad lines than allowed.
ReadResult read_examples(const std::vector<std::string>& paths, const ReadOptions& options = {});

}  // namespace lingua

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "data/example.h"
#include "data/recorded.h"

namespace lingua {

struct ReadOptions {
  // Bad lines, over all files, that are passed over with a warning; one more ends the reading. >= 0
  std::size_t max_bad_lines = 20;
  // "auto", or a name out of dialect_names() that every line must be in.
  std::string format = "auto";
  // How often an epoch takes the examples of each file, on average. 0.001 to 1000 each, one a file;
  // none: 1.
  std::vector<double> weights = {};
  // Keeps examples whose messages stood before.
  bool keep_duplicates = false;
  // Examples whose answers have fewer characters than this, all together, are near-empty.
  std::size_t near_empty = 4;
  // Leaves near-empty examples out.
  bool drop_near_empty = false;
};

// Throws Error(kUsage) naming the value that cannot be.
void validate(const ReadOptions& options);

struct ReadResult {
  std::vector<Example> examples;  // in the order of the files and their lines
  std::vector<std::string> bad;   // "file:line: reason"
  std::size_t lines = 0;          // with text
  std::size_t blank_lines = 0;
  std::size_t duplicates = 0;  // examples whose messages stood before, kept or left out
  std::size_t near_empty = 0;  // kept or left out
  LogCounts logs;
};

// Reads target outputs from JSON Lines files (docs/formats.md), UTF-8, with LF or CRLF. Bad lines
// and what is left out are warned of and counted. Throws Error(kData): a file that is missing,
// empty, without any example, no JSON Lines but one JSON array or document, UTF-16; more bad lines
// than allowed.
ReadResult read_examples(const std::vector<std::string>& paths, const ReadOptions& options = {});

}  // namespace lingua

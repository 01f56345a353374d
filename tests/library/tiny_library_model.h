#pragma once

#include <lingua/compress.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "tests/temporary_folder.h"

namespace lingua {

// The path of a tiny model with random weights, made by another program: this one has nothing of
// lingua but liblingua.
inline const std::string& tiny_model_path() {
  static const TemporaryFolder folder;
  static const std::string path = [] {
    const std::string made = folder.file("tiny.pt");
    const std::string command = std::string(LINGUA_WRITE_TINY_MODEL) + " " + made + " float32";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
    return made;
  }();
  return path;
}

// In float32, with `threads`.
inline Compressor tiny_compressor(int threads = 1) {
  ModelSettings settings;
  settings.dtype = "fp32";
  settings.threads = threads;
  return Compressor(tiny_model_path(), settings);
}

}  // namespace lingua

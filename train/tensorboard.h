#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lingua {

// One point of each named curve.
using Scalars = std::vector<std::pair<std::string, double>>;

// Curves for TensorBoard: an event file in its own format, TFRecords of protobuf messages
// (tensorflow/core/util/event.proto), written by hand.
class TensorBoardWriter {
 public:
  // Makes a new event file in `folder`, which is made where it is missing. Points of earlier files
  // from `first_step` on count no more. Throws Error(kUsage) when it cannot be written.
  TensorBoardWriter(const std::string& folder, int64_t first_step);
  ~TensorBoardWriter();
  TensorBoardWriter(const TensorBoardWriter&) = delete;
  TensorBoardWriter& operator=(const TensorBoardWriter&) = delete;

  // Adds a point to each curve. A write that fails is warned of once; the rest is left out then.
  void add(int64_t step, const Scalars& scalars);

 private:
  void write(const std::string& bytes);

  std::string path_;
  int descriptor_ = -1;
  bool failed_ = false;
};

// The parts of the format, for tests. CRC-32C (Castagnoli) as TFRecords mask it.
uint32_t masked_crc32c(std::string_view bytes);
std::string tf_record(std::string_view message);
std::string scalar_event(double wall_time, int64_t step, const Scalars& scalars);

}  // namespace lingua

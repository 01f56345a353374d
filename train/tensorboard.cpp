#include "train/tensorboard.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "support/error.h"
#include "support/log.h"

namespace lingua {
namespace {

constexpr uint32_t kCastagnoli = 0x82F63B78;  // the polynomial, bits reversed

constexpr std::array<uint32_t, 256> make_crc_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) * kCastagnoli);
    table[i] = value;
  }
  return table;
}

constexpr auto kCrcTable = make_crc_table();

// Protobuf's wire format: a key is field number * 8 + type.
enum WireType : uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

void append_varint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void append_key(std::string& out, uint32_t field, WireType type) {
  append_varint(out, field << 3 | type);
}

template <class T>
void append_raw(std::string& out, T value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));  // little-endian, as all of lingua's machines
  out.append(bytes, sizeof(T));
}

void append_bytes(std::string& out, uint32_t field, std::string_view bytes) {
  append_key(out, field, kBytes);
  append_varint(out, bytes.size());
  out += bytes;
}

double wall_time() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

// Fields of Event.
constexpr uint32_t kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5, kSessionLog = 7;

std::string event_head(double time, int64_t step) {
  std::string event;
  append_key(event, kWallTime, kFixed64);
  append_raw(event, time);
  append_key(event, kStep, kVarint);
  append_varint(event, static_cast<uint64_t>(step));
  return event;
}

std::string version_event() {
  std::string event = event_head(wall_time(), 0);
  append_bytes(event, kFileVersion, "brain.Event:2");
  return event;
}

// SessionLog{status: START}: TensorBoard forgets what earlier files have from this step on.
std::string start_event(int64_t step) {
  std::string event = event_head(wall_time(), step);
  append_bytes(event, kSessionLog, std::string_view("\x08\x01", 2));
  return event;
}

// TensorBoard reads the files of a folder in the order of their names.
std::string event_path(const std::string& folder) {
  char name[80];
  std::snprintf(name, sizeof name, "events.out.tfevents.%017.6f.lingua", wall_time());
  return folder + "/" + name;
}

}  // namespace

uint32_t masked_crc32c(std::string_view bytes) {
  uint32_t crc = 0xFFFFFFFF;
  for (const char byte : bytes) {
    crc = kCrcTable[(crc ^ static_cast<unsigned char>(byte)) & 0xFF] ^ (crc >> 8);
  }
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8;
}

std::string tf_record(std::string_view message) {
  std::string length, record;
  append_raw(length, static_cast<uint64_t>(message.size()));
  record = length;
  append_raw(record, masked_crc32c(length));
  record += message;
  append_raw(record, masked_crc32c(message));
  return record;
}

std::string scalar_event(double time, int64_t step, const Scalars& scalars) {
  std::string summary;
  for (const auto& [tag, value] : scalars) {
    std::string entry;  // Summary.Value: tag = 1, simple_value = 2
    append_bytes(entry, 1, tag);
    append_key(entry, 2, kFixed32);
    append_raw(entry, static_cast<float>(value));
    append_bytes(summary, 1, entry);
  }
  std::string event = event_head(time, step);
  append_bytes(event, kSummary, summary);
  return event;
}

TensorBoardWriter::TensorBoardWriter(const std::string& folder, int64_t first_step) {
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  path_ = event_path(folder);
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor_ < 0) {
    throw Error(ErrorKind::kUsage,
                "cannot write to --tensorboard " + folder + ": " + std::strerror(errno));
  }
  write(tf_record(version_event()) + tf_record(start_event(first_step)));
}

TensorBoardWriter::~TensorBoardWriter() { ::close(descriptor_); }

void TensorBoardWriter::add(int64_t step, const Scalars& scalars) {
  write(tf_record(scalar_event(wall_time(), step, scalars)));
}

void TensorBoardWriter::write(const std::string& bytes) {
  if (failed_) return;
  const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
  if (written == static_cast<ssize_t>(bytes.size())) return;
  failed_ = true;  // a record cut short ends what TensorBoard reads
  log_warning("cannot write " + path_ + "; TensorBoard gets no more");
}

}  // namespace lingua

#include "train/metrics.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <sstream>

#include "tests/error_of.h"
#include "tests/temporary_folder.h"
#include "train/tensorboard.h"

namespace lingua {
namespace {

StepRecord record_of(int64_t step, Verdict verdict = Verdict::kApply) {
  StepRecord record;
  record.step = step;
  record.epoch = 1;
  record.loss = verdict == Verdict::kSkipNonFinite ? std::nan("") : 1.0 / static_cast<double>(step);
  record.gradient_norm = 0.5;
  record.learning_rate = 1e-4;
  record.tokens = 100 * step;
  record.targets = 60 * step;
  record.seconds = 2.0 * static_cast<double>(step);
  record.verdict = verdict;
  return record;
}

EvaluationState measured_at(int64_t step, int64_t best) {
  return {.step = step, .bits_per_byte = 0.75, .best_step = best, .best = 0.75};
}

std::vector<Json> lines_of(const std::string& text) {
  std::vector<Json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(Json::parse(line));
  return lines;
}

// "step:loss" or "step:held-out" of each line.
std::vector<std::string> outline(const std::string& text) {
  std::vector<std::string> result;
  for (const Json& line : lines_of(text)) {
    const bool held_out = line.contains("held_out_bits_per_byte");
    result.push_back(std::to_string(line["step"].get<int>()) + (held_out ? ":held-out" : ":loss"));
  }
  return result;
}

TEST(Metrics, ALineForEachStepAndMeasurement) {
  const TemporaryFolder folder;
  {
    Metrics metrics({.file = folder.file("m.jsonl"), .tensorboard = ""});
    metrics.add(measured_at(0, 0));
    metrics.add(record_of(1));
    metrics.add(record_of(2));
    metrics.add(measured_at(2, 0));
    metrics.add(record_of(3, Verdict::kSkipNonFinite));
    metrics.add(record_of(4, Verdict::kSkipSpike));
    metrics.add_divergence(5, "training diverged");
  }
  const auto lines = lines_of(folder.read("m.jsonl"));
  ASSERT_EQ(lines.size(), 7u);
  EXPECT_EQ(lines[0], Json::parse(R"({"step": 0, "held_out_bits_per_byte": 0.75, "best": true})"));
  Json step = lines[2];
  EXPECT_GT(step["peak_memory_bytes"].get<int64_t>(), 1000000);
  step.erase("peak_memory_bytes");
  EXPECT_EQ(step, Json::parse(R"({"step": 2, "epoch": 1, "loss": 0.5, "learning_rate": 0.0001,
      "gradient_norm": 0.5, "tokens": 200, "target_tokens": 120, "seconds": 4.0,
      "tokens_per_second": 50.0})"));
  EXPECT_TRUE(lines[1]["tokens_per_second"].is_null());  // the first has none before it
  EXPECT_EQ(lines[3]["best"], false);
  EXPECT_EQ(lines[4]["event"], "non-finite");
  EXPECT_TRUE(lines[4]["loss"].is_null());
  EXPECT_EQ(lines[5]["event"], "spike");
  EXPECT_EQ(lines[6],
            Json::parse(R"({"step": 5, "event": "diverged", "reason": "training diverged"})"));
}

TEST(Metrics, AMixedLossIsShownByItsParts) {
  const TemporaryFolder folder;
  StepRecord record = record_of(1);
  record.parts.rows = 10;
  record.parts.cross_entropy = 20;
  record.parts.recorded_rows = 4;
  record.parts.recorded = 2;
  Metrics({.file = folder.file("m.jsonl"), .tensorboard = ""}).add(record);
  const Json line = lines_of(folder.read("m.jsonl")).at(0);
  EXPECT_EQ(line["cross_entropy"], 2.0);
  EXPECT_EQ(line["recorded_kl"], 0.5);
  EXPECT_FALSE(line.contains("teacher_kl"));
}

// The run was killed after step 6, its last checkpoint is of step 4.
TEST(Metrics, AResumedRunKeepsWhatWillNotHappenAgain) {
  const TemporaryFolder folder;
  const MetricsOptions options{.file = folder.file("m.jsonl"), .tensorboard = ""};
  {
    Metrics metrics(options);
    metrics.add(measured_at(0, 0));
    for (int64_t step = 1; step <= 6; ++step) {
      metrics.add(record_of(step));
      if (step % 2 == 0) metrics.add(measured_at(step, step));
    }
  }
  folder.write("m.jsonl", folder.read("m.jsonl") + R"({"step": 7, "loss": 0.)");
  Metrics(options, MetricsPosition{.step = 4, .evaluated = 2}).add(record_of(5));
  EXPECT_EQ(outline(folder.read("m.jsonl")),
            (std::vector<std::string>{"0:held-out", "1:loss", "2:loss", "2:held-out", "3:loss",
                                      "4:loss", "5:loss"}));
  // A checkpoint of step 0, by a signal before the first step was done.
  Metrics(options, MetricsPosition{}).add(record_of(1));
  EXPECT_EQ(outline(folder.read("m.jsonl")), (std::vector<std::string>{"0:held-out", "1:loss"}));
  Metrics(options).add(record_of(1));
  EXPECT_EQ(outline(folder.read("m.jsonl")), (std::vector<std::string>{"1:loss"}));
}

TEST(Metrics, AFileThatCannotBeWrittenIsNamedAtOnce) {
  const TemporaryFolder folder;
  const std::string path = folder.file("none/m.jsonl");
  const auto error = error_of([&] { Metrics({.file = path, .tensorboard = ""}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kUsage);
  EXPECT_EQ(error->what(), "cannot create " + path + ": No such file or directory");
  const std::string below = folder.write("file", "") + "/board";
  const auto board = error_of([&] { Metrics({.file = "", .tensorboard = below}); });
  ASSERT_TRUE(board);
  EXPECT_EQ(board->what(), "cannot write to --tensorboard " + below + ": Not a directory");
}

// The check value of CRC-32C (RFC 3720, B.4), masked as TFRecord does.
TEST(TensorBoard, ChecksumsAreMaskedCrc32c) {
  const std::string zeros(32, '\0'), ones(32, '\xff');
  const auto masked = [](uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8u; };
  EXPECT_EQ(masked_crc32c(zeros), masked(0x8a9136aa));
  EXPECT_EQ(masked_crc32c(ones), masked(0x62a8ab43));
  EXPECT_EQ(masked_crc32c("123456789"), masked(0xe3069283));
}

// A reader of the file format, written from its description and apart from the writer.
class Wire {
 public:
  explicit Wire(std::string_view bytes) : bytes_(bytes) {}
  bool done() const { return bytes_.empty(); }
  template <class T>
  T raw() {
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = raw<uint8_t>();
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
  std::string_view take(std::size_t size) {
    if (size > bytes_.size()) throw std::runtime_error("the bytes end early");
    const auto taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

 private:
  std::string_view bytes_;
};

struct Event {
  double wall_time = 0;
  uint64_t step = 0;
  std::string version;
  std::string session;
  std::map<std::string, float> scalars;
};

void read_value(std::string_view bytes, Event& event) {
  Wire wire(bytes);
  std::string tag;
  while (!wire.done()) {
    const auto key = wire.varint();
    if (key == (1 << 3 | 2)) tag = wire.take(wire.varint());
    if (key == (2 << 3 | 5)) event.scalars[tag] = wire.raw<float>();
  }
}

Event read_event(std::string_view bytes) {
  Wire wire(bytes);
  Event event;
  while (!wire.done()) {
    switch (wire.varint()) {
      case 1 << 3 | 1:
        event.wall_time = wire.raw<double>();
        break;
      case 2 << 3 | 0:
        event.step = wire.varint();
        break;
      case 3 << 3 | 2:
        event.version = wire.take(wire.varint());
        break;
      case 5 << 3 | 2: {
        Wire summary(wire.take(wire.varint()));
        while (!summary.done()) {
          EXPECT_EQ(summary.varint(), 1u << 3 | 2);
          read_value(summary.take(summary.varint()), event);
        }
        break;
      }
      case 7 << 3 | 2:
        event.session = wire.take(wire.varint());
        break;
      default:
        ADD_FAILURE() << "an unknown field";
        return event;
    }
  }
  return event;
}

std::vector<Event> read_events(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  Wire wire(bytes);
  std::vector<Event> events;
  while (!wire.done()) {
    const auto length = wire.take(8);
    EXPECT_EQ(wire.raw<uint32_t>(), masked_crc32c(length));
    const auto message = wire.take(Wire(length).raw<uint64_t>());
    EXPECT_EQ(wire.raw<uint32_t>(), masked_crc32c(message));
    events.push_back(read_event(message));
  }
  return events;
}

std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(TensorBoard, TheEventFileHoldsTheCurves) {
  const TemporaryFolder folder;
  const MetricsOptions options{.file = "", .tensorboard = folder.file("board")};
  {
    Metrics metrics(options);
    metrics.add(measured_at(0, 0));
    metrics.add(record_of(1));
    metrics.add(record_of(2));
    metrics.add(record_of(3, Verdict::kSkipNonFinite));  // has no point
  }
  const auto files = files_in(options.tensorboard);
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(std::filesystem::path(files[0]).filename().string().rfind("events.out.tfevents.", 0),
            0u);
  const auto events = read_events(files[0]);
  ASSERT_EQ(events.size(), 5u);
  EXPECT_EQ(events[0].version, "brain.Event:2");
  EXPECT_EQ(events[1].session,
            "\x08\x01");  // START: points of earlier files from here count no more
  EXPECT_EQ(events[1].step, 0u);
  EXPECT_EQ(events[2].scalars, (std::map<std::string, float>{{"held_out/bits_per_byte", 0.75f}}));
  EXPECT_EQ(events[3].step, 1u);
  EXPECT_EQ(events[4].step, 2u);
  EXPECT_EQ(events[4].scalars, (std::map<std::string, float>{{"train/gradient_norm", 0.5f},
                                                             {"train/learning_rate", 1e-4f},
                                                             {"train/loss", 0.5f},
                                                             {"train/tokens_per_second", 50.0f}}));
  EXPECT_GT(events[4].wall_time, 1.7e9);
  // A run that goes on from step 1 has a file of its own, which takes the place of what follows.
  Metrics(options, MetricsPosition{.step = 1}).add(record_of(2));
  const auto both = files_in(options.tensorboard);
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[0], files[0]);
  EXPECT_EQ(read_events(both[1]).at(1).step, 2u);
}

}  // namespace
}  // namespace lingua

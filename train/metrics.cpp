#include "train/metrics.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "support/atomic_file.h"
#include "support/error.h"
#include "support/log.h"
#include "support/mapped_file.h"
#include "train/peak_memory.h"

namespace lingua {
namespace {

constexpr const char* kHeldOut = "held_out_bits_per_byte";

// Whether a line of an earlier part of the run is to stay: it is whole, and what it tells of will
// not happen again.
bool stays(std::string_view line, const MetricsPosition& resumed) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return false;
  const Json at = json.value("step", Json());
  if (!at.is_number_integer()) return false;
  return at.get<int64_t>() <= (json.contains(kHeldOut) ? resumed.evaluated : resumed.step);
}

std::string lines_that_stay(const std::string& path,
                            const std::optional<MetricsPosition>& resumed) {
  if (!resumed || !std::filesystem::exists(path)) return "";
  const MappedFile file(path, ErrorKind::kUsage);
  const std::string_view text = file.bytes();
  std::string kept;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = text.find('\n', begin);
    if (end == std::string_view::npos) break;  // a line that was never finished
    const auto line = text.substr(begin, end - begin);
    if (stays(line, *resumed)) kept += std::string(line) + "\n";
    begin = end + 1;
  }
  return kept;
}

int open_metrics(const std::string& path, const std::string& lines) {
  write_file_atomically(path, lines, ErrorKind::kUsage);
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (descriptor >= 0) return descriptor;
  throw Error(ErrorKind::kUsage, "cannot write --metrics " + path + ": " + std::strerror(errno));
}

const char* event_of(Verdict verdict) {
  return verdict == Verdict::kSkipSpike ? "spike" : "non-finite";
}

// What a mixed loss is made of, each part a mean over the tokens that it has something to say
// about.
void add_parts(const LossParts& parts, Json& line) {
  if (parts.recorded_rows + parts.teacher_rows == 0) return;
  const auto add = [&line](const char* name, double sum, int64_t rows) {
    if (rows > 0) line[name] = sum / static_cast<double>(rows);
  };
  add("cross_entropy", parts.cross_entropy, parts.rows);
  add("recorded_kl", parts.recorded, parts.recorded_rows);
  add("teacher_kl", parts.teacher, parts.teacher_rows);
}

}  // namespace

Metrics::Metrics(const MetricsOptions& options, const std::optional<MetricsPosition>& resumed)
    : path_(options.file) {
  if (!path_.empty()) {
    const std::string kept = lines_that_stay(path_, resumed);
    descriptor_ = open_metrics(path_, kept);
    std::istringstream lines(kept);
    for (std::string line; std::getline(lines, line);) history_.add(Json::parse(line));
  }
  if (options.tensorboard.empty()) return;
  // From step 0 on a new run's curves replace those of an earlier one.
  const int64_t first_step = resumed ? resumed->step + 1 : 0;
  board_ = std::make_unique<TensorBoardWriter>(options.tensorboard, first_step);
}

Metrics::~Metrics() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Metrics::write_line(const Json& line) {
  history_.add(line);
  if (descriptor_ < 0) return;
  const std::string text = dump_json(line) + "\n";
  if (::write(descriptor_, text.data(), text.size()) == static_cast<ssize_t>(text.size())) return;
  log_warning("cannot write " + path_ + "; it gets no more lines");
  ::close(descriptor_);
  descriptor_ = -1;
}

void Metrics::add(const StepRecord& record) {
  const double seconds = before_ ? record.seconds - before_->seconds : 0;
  const auto tokens = static_cast<double>(before_ ? record.tokens - before_->tokens : 0);
  const double rate = seconds > 0 ? tokens / seconds : 0;
  before_ = record;
  Json line = {{"step", record.step},
               {"epoch", record.epoch},
               {"loss", record.loss},
               {"learning_rate", record.learning_rate},
               {"gradient_norm", record.gradient_norm},
               {"tokens", record.tokens},
               {"target_tokens", record.targets},
               {"seconds", record.seconds},
               {"tokens_per_second", rate > 0 ? Json(rate) : Json()},
               {"peak_memory_bytes", peak_memory_bytes()}};
  add_parts(record.parts, line);
  const bool skipped = record.verdict != Verdict::kApply;
  if (skipped) line["event"] = event_of(record.verdict);
  write_line(line);
  if (board_ == nullptr || !std::isfinite(record.loss)) return;
  Scalars scalars = {{"train/loss", record.loss},
                     {"train/learning_rate", record.learning_rate},
                     {"train/gradient_norm", record.gradient_norm}};
  if (rate > 0) scalars.emplace_back("train/tokens_per_second", rate);
  board_->add(record.step, scalars);
}

void Metrics::add_divergence(int64_t step, const std::string& reason) {
  write_line({{"step", step}, {"event", "diverged"}, {"reason", reason}});
}

void Metrics::add(const EvaluationState& measured) {
  const bool best = measured.best_step == measured.step;
  write_line({{"step", measured.step}, {kHeldOut, measured.bits_per_byte}, {"best", best}});
  if (board_ != nullptr) {
    board_->add(measured.step, {{"held_out/bits_per_byte", measured.bits_per_byte}});
  }
}

}  // namespace lingua

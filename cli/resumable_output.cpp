#include "cli/resumable_output.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "support/error.h"
#include "support/mapped_file.h"
#include "support/sha256.h"

namespace lingua {
namespace {

constexpr int kVersion = 1;

// Enough to tell lines apart.
std::string hash_of(std::string_view bytes) { return sha256_hex(bytes).substr(0, 16); }

std::string start_afresh(const std::string& path, const std::string& journal) {
  return "remove " + path + " and " + journal + " to start afresh";
}

bool has_line(const std::string& path) {
  return std::filesystem::exists(path) &&
         MappedFile(path, ErrorKind::kData).bytes().find('\n') != std::string_view::npos;
}

std::string value_text(const Json& object, const std::string& name) {
  return object.contains(name) ? dump_json(object[name]) : "nothing";
}

}  // namespace

ResumableOutput::ResumableOutput(std::string path, const Json& identity)
    : path_(std::move(path)), journal_path_(path_ + ".resume") {
  const bool something = std::filesystem::exists(path_) && std::filesystem::file_size(path_) > 0;
  if (something && !has_line(journal_path_)) {
    throw Error(ErrorKind::kUsage,
                path_ + " exists and there is no " + journal_path_ + " to go on with it",
                "remove it, or leave out --resume to write it anew");
  }
  journal_.number = ::open(journal_path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (journal_.number < 0) fail(journal_path_, "cannot open ");
  if (::flock(journal_.number, LOCK_EX | LOCK_NB) != 0) {
    throw Error(ErrorKind::kData, "another process is writing " + path_);
  }
  output_.number = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (output_.number < 0) fail(path_, "cannot open ");
  const MappedFile journal(journal_path_, ErrorKind::kData);
  if (journal.bytes().find('\n') == std::string_view::npos) {
    begin(identity);
  } else {
    go_on(identity, journal.bytes());
  }
}

ResumableOutput::Descriptor::~Descriptor() {
  if (number >= 0) ::close(number);
}

void ResumableOutput::fail(const std::string& path, const std::string& action) const {
  throw Error(ErrorKind::kData, action + path + ": " + std::strerror(errno),
              errno == ENOSPC ? "free space where the output goes" : "");
}

// The journal's first line stands there before anything is in the output.
void ResumableOutput::begin(const Json& identity) {
  if (::ftruncate(journal_.number, 0) != 0) fail(journal_path_, "cannot write ");
  append(journal_.number, journal_path_,
         dump_json({{"lingua_compress_resume", kVersion}, {"made_with", identity}}) + "\n");
}

void ResumableOutput::go_on(const Json& identity, std::string_view journal) {
  const std::size_t head = journal.find('\n') + 1;
  const Json header = parse_json(journal.substr(0, head), journal_path_, ErrorKind::kData);
  if (!header.is_object() || header.value("lingua_compress_resume", 0) != kVersion ||
      !header.contains("made_with") || !header["made_with"].is_object()) {
    throw Error(ErrorKind::kData, journal_path_ + " is not what this lingua-compress wrote",
                start_afresh(path_, journal_path_));
  }
  Json all = identity;
  all.update(header["made_with"]);
  for (const auto& [name, value] : all.items()) {
    const auto before = value_text(header["made_with"], name), now = value_text(identity, name);
    if (before == now) continue;
    throw Error(ErrorKind::kUsage,
                path_ + " was begun with another " + name + ": " + before + ", now " + now,
                "resume with what it was begun with, or " + start_afresh(path_, journal_path_));
  }
  read_done(journal.substr(head));
  const std::size_t good = check_lines();
  done_.resize(good);
  end_ = good == 0 ? 0 : done_.back().end;
  const uint64_t journal_end = head + (good == 0 ? 0 : journal_ends_[good - 1]);
  if (::ftruncate(output_.number, static_cast<off_t>(end_)) != 0) fail(path_, "cannot write ");
  if (::ftruncate(journal_.number, static_cast<off_t>(journal_end)) != 0) {
    fail(journal_path_, "cannot write ");
  }
}

// Whole lines of [input, end, line].
void ResumableOutput::read_done(std::string_view entries) {
  uint64_t at = 0;
  for (std::size_t end; (end = entries.find('\n', at)) != std::string_view::npos;) {
    const Json entry = parse_json(entries.substr(at, end - at), journal_path_, ErrorKind::kData);
    const bool valid = entry.is_array() && entry.size() == 3 && entry[0].is_string() &&
                       entry[1].is_number_unsigned() && entry[2].is_string();
    if (!valid) {
      throw Error(ErrorKind::kData, journal_path_ + " is damaged: " + dump_json(entry),
                  start_afresh(path_, journal_path_));
    }
    at = end + 1;
    done_.push_back({entry[0], entry[1], entry[2]});
    journal_ends_.push_back(at);
  }
}

// How many of the lines that are said to be done the output has. A system that went down may have
// lost the last ones; a line that reads otherwise is an error.
std::size_t ResumableOutput::check_lines() const {
  const MappedFile output(path_, ErrorKind::kData);
  const std::string_view bytes = output.bytes();
  uint64_t begin = 0;
  for (std::size_t i = 0; i < done_.size(); ++i) {
    const uint64_t end = done_[i].end;
    if (end > bytes.size()) return i;
    if (end < begin || hash_of(bytes.substr(begin, end - begin)) != done_[i].line) {
      throw Error(ErrorKind::kData,
                  path_ + ": result " + std::to_string(i + 1) +
                      " is not what the interrupted run wrote there",
                  start_afresh(path_, journal_path_));
    }
    begin = end;
  }
  return done_.size();
}

void ResumableOutput::require_same(std::size_t index, std::string_view input,
                                   const std::string& where) const {
  if (hash_of(input) == done_.at(index).input) return;
  throw Error(ErrorKind::kUsage,
              where + " is another prompt than the one that " + path_ + " was begun with",
              "resume with the same input, or " + start_afresh(path_, journal_path_));
}

void ResumableOutput::append(int file, const std::string& path, std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path, "cannot write ");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void ResumableOutput::write(std::string_view input, std::string_view line) {
  append(output_.number, path_, line);
  end_ += line.size();
  append(journal_.number, journal_path_,
         dump_json(Json::array({hash_of(input), end_, hash_of(line)})) + "\n");
}

void ResumableOutput::finish() {
  if (::fsync(output_.number) != 0) fail(path_, "cannot write ");
  if (::fsync(journal_.number) != 0) fail(journal_path_, "cannot write ");
}

}  // namespace lingua

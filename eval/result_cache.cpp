#include "eval/result_cache.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "data/line_reader.h"
#include "support/error.h"
#include "support/log.h"
#include "support/sha256.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr std::size_t kLongestLine = std::size_t{64} << 20;  // bytes

std::string key_of(const std::vector<std::string>& parts) {
  Sha256 hash;
  for (const std::string& part : parts) {
    hash.update(std::to_string(part.size()) + ":");
    hash.update(part);
  }
  return hash.hex().substr(0, 32);
}

}  // namespace

ResultCache::ResultCache(const std::string& path) : path_(path) {
  if (path.empty()) return;
  if (std::filesystem::exists(path)) read(path);
  file_.reset(std::fopen(path.c_str(), "ab"));
  if (!file_) throw Error(ErrorKind::kData, path + ": cannot write: " + std::strerror(errno));
  if (torn_) std::fputc('\n', file_.get());
}

void ResultCache::read(const std::string& path) {
  LineReader reader(path, kLongestLine);
  Line line;
  std::size_t torn = 0;
  while (reader.next(line)) {
    torn_ = !line.terminated;
    try {
      Json entry = parse_json(line.text, path, ErrorKind::kData);
      results_[entry.at("key").get<std::string>()] = entry.at("value");
    } catch (const std::exception&) {
      ++torn;
    }
  }
  if (torn > 0) log_warning(path + ": passed over " + format_counted(torn, "torn line"));
}

Json ResultCache::get(const std::vector<std::string>& parts, const std::function<Json()>& compute) {
  const std::string key = key_of(parts);
  const auto found = results_.find(key);
  if (found != results_.end()) return found->second;
  Json value = compute();
  if (file_) {
    const std::string line = dump_json({{"key", key}, {"value", value}}) + "\n";
    const bool written = std::fwrite(line.data(), 1, line.size(), file_.get()) == line.size() &&
                         std::fflush(file_.get()) == 0;
    if (!written) {
      throw Error(ErrorKind::kData, path_ + ": cannot write: " + std::strerror(errno));
    }
  }
  results_.emplace(key, value);
  return value;
}

}  // namespace lingua

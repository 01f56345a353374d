#include "data/line_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "support/error.h"

namespace lingua {
namespace {

constexpr std::size_t kBufferSize = 1 << 16;  // bytes
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

LineReader::LineReader(const std::string& path, std::size_t longest)
    : path_(path), longest_(longest), file_(std::fopen(path.c_str(), "rbe")) {
  if (!file_) throw Error(ErrorKind::kData, "cannot open " + path + ": " + std::strerror(errno));
}

bool LineReader::fill() {
  buffer_.resize(kBufferSize);
  buffer_.resize(std::fread(buffer_.data(), 1, kBufferSize, file_.get()));
  begin_ = 0;
  if (std::ferror(file_.get()) != 0) {
    throw Error(ErrorKind::kData, "cannot read " + path_ + ": " + std::strerror(errno));
  }
  return !buffer_.empty();
}

void LineReader::append(Line& line, std::size_t count) const {
  const std::size_t room = longest_ - std::min(longest_, line.text.size());
  if (count > room) line.too_long = true;
  line.text.append(buffer_, begin_, std::min(count, room));
}

bool LineReader::next(Line& line) {
  line = Line{};
  if (begin_ == buffer_.size() && !fill()) return false;
  line.number = ++number_;
  while (!line.terminated && (begin_ < buffer_.size() || fill())) {
    const std::size_t feed = buffer_.find('\n', begin_);
    line.terminated = feed != std::string::npos;
    const std::size_t end = line.terminated ? feed : buffer_.size();
    append(line, end - begin_);
    begin_ = end + (line.terminated ? 1 : 0);
  }
  if (number_ == 1 && line.text.starts_with(kByteOrderMark)) {
    line.text.erase(0, kByteOrderMark.size());
  }
  if (line.terminated && line.text.ends_with('\r')) line.text.pop_back();
  return true;
}

}  // namespace lingua

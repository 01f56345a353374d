#pragma once

#include <cstddef>
#include <string>

namespace lingua {

// A text file or, as "-", standard input, read piece by piece so that a pipe is answered line by
// line. Throws Error(kData) when it cannot be opened or read, Interrupted while it waits.
class Input {
 public:
  explicit Input(const std::string& path);
  ~Input();
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  // The next line without its end (LF or CRLF); false at the end of the input. Throws Error(kData)
  // for a line of more than 64 MiB.
  bool next_line(std::string& line);

  // Whether next_line() would answer without reading, so without waiting.
  bool line_ready() const { return buffer_.find('\n', begin_) != std::string::npos; }

  // Whether it is no file, so that reading may have to wait for whoever writes.
  bool may_wait() const { return may_wait_; }

  // All that is left. Throws Error(kData) for more than 1 GiB.
  std::string rest();

  const std::string& name() const { return name_; }  // the path, or "standard input"
  std::string where() const { return name_ + ":" + std::to_string(line_number_); }

 private:
  bool fill();  // reads more behind buffer_; false at the end

  std::string name_;
  int descriptor_ = -1;
  bool may_wait_ = false;
  std::string buffer_;
  std::size_t begin_ = 0;  // where the next line starts in buffer_
  std::size_t line_number_ = 0;
};

}  // namespace lingua

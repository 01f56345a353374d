#pragma once

#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>

namespace lingua {

struct Line {
  std::string text;         // without its line feed and a carriage return before that
  std::size_t number = 0;   // from 1
  bool terminated = false;  // a line feed ended it, not the file's end
  bool too_long = false;    // over the limit; `text` holds only its start
};

// Reads a file line by line in bounded memory. A UTF-8 byte order mark before the first line is
// taken off.
class LineReader {
 public:
  // `longest` in bytes. Throws Error(kData) when the file cannot be opened.
  LineReader(const std::string& path, std::size_t longest);

  // Fills in the next line; false at the end. Throws Error(kData) when reading fails.
  bool next(Line& line);

 private:
  bool fill();
  void append(Line& line, std::size_t count) const;

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  std::string path_;
  std::size_t longest_;
  std::unique_ptr<std::FILE, Close> file_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what is unread in buffer_
  std::size_t number_ = 0;
};

}  // namespace lingua

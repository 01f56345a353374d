#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lingua {

// A text in Unicode's normal form C (UAX 15) that remembers where its bytes came from.
class NormalForm {
 public:
  // Appends a part of the original as it is, or normalised: its runs of well-formed UTF-8; bytes
  // that are not UTF-8 stay. Parts must follow each other without gap. Throws Error(kData) for a
  // part of half a GiB or more.
  void append_as_is(std::string_view part);
  void append_normalized(std::string_view part);

  const std::string& text() const { return text_; }

  // The place in the original of byte `at` of text(), at <= text().size(); the end of what was
  // replaced when `at` lies inside of the replacement.
  std::size_t original(std::size_t at) const;

 private:
  struct Change {
    std::size_t begin, end;    // bytes of text_
    std::size_t original_end;  // where what it replaces ends
  };

  void append_run(std::string_view run);

  std::string text_;
  std::size_t original_size_ = 0;
  std::vector<Change> changes_;  // in order
};

}  // namespace lingua

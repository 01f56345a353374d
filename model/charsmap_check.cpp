#include "model/charsmap_check.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "support/utf8.h"

namespace lingua {
namespace {

constexpr int kMostMatches = 31;  // that begin at one place; the library has room for 32
constexpr int kLongestKey = 256;  // bytes of text that one rule replaces
constexpr std::size_t kLongestReplacement = 1024;  // bytes

uint32_t read_uint32(std::string_view bytes, std::size_t at) {
  uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  }
  return value;
}

// A unit of the trie: bits 0 to 7 and 31 are the label, 8 says that a value hangs below, 9 widens
// the offset in 10 to 30. A value's unit has bit 31 set and the value in the rest.
struct Unit {
  uint32_t bits;
  bool has_value() const { return (bits >> 8 & 1) != 0; }
  uint32_t label() const { return bits & (1U << 31 | 0xFF); }
  uint32_t offset() const { return (bits >> 10) << ((bits & (1U << 9)) >> 6); }
  uint32_t value() const { return bits & 0x7FFFFFFF; }
};

class TrieCheck {
 public:
  TrieCheck(std::string_view units, std::string_view replacements)
      : units_(units), replacements_(replacements), matches_(units.size() / 4, kNotSeen) {}

  std::string defect() {
    most_matches(0, 0);
    return defect_;
  }

 private:
  static constexpr int kNotSeen = -1;
  static constexpr int kOnPath = -2;

  Unit unit(std::size_t place) const { return {read_uint32(units_, 4 * place)}; }

  int stop(const char* defect) {
    if (defect_.empty()) defect_ = defect;
    return 0;
  }

  bool is_sound_value(uint32_t value) const {
    if (value >= replacements_.size()) return false;
    const std::string_view rest = replacements_.substr(value);
    const std::size_t end = rest.find('\0');
    return end <= kLongestReplacement && is_utf8(rest.substr(0, end));
  }

  // The most matches below the unit at `place`, which is `depth` bytes into a key.
  int most_matches(std::size_t place, int depth) {
    if (!defect_.empty()) return 0;
    if (matches_[place] == kOnPath) return stop("its trie has a circle");
    if (matches_[place] != kNotSeen) return matches_[place];
    if (depth > kLongestKey) return stop("its trie is too deep");
    const std::size_t base = place ^ unit(place).offset();
    if ((base | 0xFF) >= matches_.size()) return stop("its trie points outside itself");
    matches_[place] = kOnPath;
    int most = 0;
    for (std::size_t byte = 0; byte < 256; ++byte) {
      if (unit(base ^ byte).label() == byte) most = std::max(most, below(base ^ byte, depth + 1));
    }
    if (most > kMostMatches) return stop("too many of its keys begin with each other");
    return matches_[place] = most;
  }

  int below(std::size_t child, int depth) {
    // Not every label is an edge: the free units of a table have labels too, but no offset.
    const Unit found = unit(child);
    if (found.has_value()) {
      const std::size_t leaf = child ^ found.offset();
      if (leaf >= matches_.size()) return stop("its trie points outside itself");
      if (!is_sound_value(unit(leaf).value())) return stop("a replacement is not sound");
    }
    return most_matches(child, depth) + (found.has_value() ? 1 : 0);
  }

  std::string_view units_;
  std::string_view replacements_;
  std::vector<int> matches_;  // by unit
  std::string defect_;
};

}  // namespace

std::string defect_of_charsmap(std::string_view charsmap) {
  if (charsmap.empty()) return "";
  if (charsmap.size() < 8) return "it is cut short";
  const std::size_t size = read_uint32(charsmap, 0);
  if (size % 4 != 0 || size == 0 || size >= charsmap.size() - 4) {
    return "its trie's size " + std::to_string(size) + " does not fit";
  }
  const std::string_view replacements = charsmap.substr(4 + size);
  if (replacements.back() != '\0') return "its replacements are cut short";
  return TrieCheck(charsmap.substr(4, size), replacements).defect();
}

}  // namespace lingua

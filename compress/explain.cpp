#include "compress/explain.h"

#include <cmath>
#include <iterator>

#include "support/text.h"

namespace lingua {
namespace {

// A surprise below so many nats has this colour of the 256; the last has no bound.
struct Level {
  float below;
  int colour;
  const char* name;
};
constexpr Level kLevels[] = {{1, 246, "<1"}, {2, 109, "<2"}, {4, 114, "<4"},
                             {6, 178, "<6"}, {8, 208, "<8"}, {0, 196, ">=8"}};

std::string painted(const std::string& text, int colour, bool struck) {
  std::string result = struck ? "\x1b[9;2;38;5;" : "\x1b[38;5;";
  result += std::to_string(colour);
  result += 'm';
  result += text;
  return result += "\x1b[0m";
}

const Level& level_of(float loss) {
  for (const auto& level : kLevels) {
    if (loss < level.below) return level;
  }
  return *std::prev(std::end(kLevels));
}

std::string legend() {
  std::string line = "surprise in nats:";
  for (const auto& level : kLevels) {
    line += ' ';
    line += painted(level.name, level.colour, false);
  }
  return line + "; not judged; " + painted("dropped", kLevels[0].colour, true) + "\n";
}

std::string coloured(const CompressResult& result) {
  std::string text;
  for (const auto& piece : result.pieces) {
    const std::string bytes = printable(
        result.original.substr(piece.bytes.begin, piece.bytes.end - piece.bytes.begin), true);
    const bool judged = !std::isnan(piece.loss);
    if (piece.kept && !judged) {
      text += bytes;
    } else {
      text += painted(bytes, judged ? level_of(piece.loss).colour : kLevels[0].colour, !piece.kept);
    }
  }
  if (!text.ends_with('\n')) text += '\n';
  return text + legend();
}

std::string marked(const CompressResult& result) {
  std::string text;
  bool dropping = false;
  for (const auto& piece : result.pieces) {
    if (dropping != !piece.kept) text += dropping ? "-]" : "[-";
    dropping = !piece.kept;
    text.append(result.original, piece.bytes.begin, piece.bytes.end - piece.bytes.begin);
  }
  return text + (dropping ? "-]" : "");
}

}  // namespace

std::string explain(const CompressResult& result, bool colours) {
  if (result.pieces.empty()) return result.original;  // nothing was judged, nothing dropped
  return colours ? coloured(result) : marked(result);
}

}  // namespace lingua

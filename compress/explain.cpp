#include "compress/explain.h"

#include <cmath>

#include "compress/explain_parts.h"

namespace lingua {
namespace {

// Of the 256 colours, one a level of surprise.
constexpr int kColours[] = {246, 109, 114, 178, 208, 196};
static_assert(std::size(kColours) == std::size(kSurpriseBounds) + 1);

std::string painted(const std::string& text, int colour, bool struck) {
  std::string result = struck ? "\x1b[9;2;38;5;" : "\x1b[38;5;";
  result += std::to_string(colour);
  result += 'm';
  result += text;
  return result += "\x1b[0m";
}

std::string coloured(const ShownPart& part) {
  std::string text;
  for (const auto& piece : part.pieces) {
    const bool judged = !std::isnan(piece.loss), kept = is_kept(piece.fate);
    if (kept && !judged) {
      text += piece.text;
    } else {
      text += painted(piece.text, kColours[judged ? surprise_level(piece.loss) : 0], !kept);
    }
  }
  return text;
}

std::string marked(const ShownPart& part) {
  std::string text;
  bool dropping = false;
  for (const auto& piece : part.pieces) {
    if (dropping == is_kept(piece.fate)) text += dropping ? "-]" : "[-";
    dropping = !is_kept(piece.fate);
    text += piece.text;
  }
  return text + (dropping ? "-]" : "");
}

std::string legend(bool colours) {
  if (!colours) return "[-dropped-]; all else stays\n";
  std::string line = "loss in nats:";
  for (std::size_t level = 0; level < std::size(kColours); ++level) {
    line += ' ';
    line += painted(surprise_name(level), kColours[level], false);
  }
  return line + "; not judged; " + painted("dropped", kColours[0], true) + "\n";
}

}  // namespace

std::string explain(const CompressResult& result, bool colours) {
  std::string text;
  for (const auto& part : shown_parts(result)) {
    const std::string heading = "== " + part.title + ": " + part.summary();
    text += colours ? "\x1b[1m" + heading + "\x1b[0m" : heading;
    text += '\n';
    text += colours ? coloured(part) : marked(part);
    text += "\n\n";
  }
  return text + legend(colours);
}

}  // namespace lingua

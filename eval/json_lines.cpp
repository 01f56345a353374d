#include "eval/json_lines.h"

#include "data/line_reader.h"
#include "support/error.h"

namespace lingua {
namespace {

constexpr std::size_t kLongestLine = std::size_t{64} << 20;  // bytes

}  // namespace

void for_each_json_line(const std::string& path, const std::function<void(const JsonLine&)>& use) {
  LineReader reader(path, kLongestLine);
  Line line;
  while (reader.next(line)) {
    if (line.text.find_first_not_of(" \t") == std::string::npos) continue;
    const std::string where = path + ":" + std::to_string(line.number);
    if (line.too_long) throw Error(ErrorKind::kData, where + ": the line is too long");
    use({parse_json(line.text, where, ErrorKind::kData), where, line.number});
  }
}

}  // namespace lingua

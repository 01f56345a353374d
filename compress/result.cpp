#include "compress/result.h"

#include <cstdio>

#include "compress/ranking.h"
#include "support/text.h"

namespace lingua {
namespace {

double quotient(int64_t above, int64_t below) {
  return below == 0 ? 0 : static_cast<double>(above) / static_cast<double>(below);
}

}  // namespace

double CompressResult::ratio() const { return quotient(origin_tokens, compressed_tokens); }
double CompressResult::rate() const { return quotient(compressed_tokens, origin_tokens); }

Json to_json(const CompressResult& result) {
  Json kept = Json::array();
  for (const auto& range : result.kept) kept.push_back({range.begin, range.end});
  return {{"compressed_prompt", result.compressed_prompt},
          {"origin_tokens", result.origin_tokens},
          {"compressed_tokens", result.compressed_tokens},
          {"ratio", result.ratio()},
          {"rate", result.rate()},
          {"kept", std::move(kept)},
          {"mode", result.mode}};
}

std::string summary(int64_t origin_tokens, int64_t compressed_tokens, double seconds) {
  char figures[64];
  std::snprintf(figures, sizeof figures, " tokens (%.1fx), %.1f s",
                quotient(origin_tokens, compressed_tokens), seconds);
  return format_count(origin_tokens) + " -> " + format_count(compressed_tokens) + figures;
}

std::vector<PieceFate> fates(const Layout& layout, const std::vector<float>& losses,
                             const std::vector<ByteRange>& ranges) {
  std::vector<PieceFate> pieces;
  auto range = ranges.begin();
  const auto append = [&](const ByteRange& bytes, float loss) {
    if (bytes.begin == bytes.end) return;
    while (range != ranges.end() && range->end <= bytes.begin) ++range;
    pieces.push_back({bytes, loss, range != ranges.end() && range->begin <= bytes.begin});
  };
  for (std::size_t part = 0; part < layout.parts.size(); ++part) {
    for (auto i = layout.parts[part].first_unit; i < layout.parts[part].end_unit; ++i) {
      append(layout.units[i].bytes, losses[i]);
    }
    append(layout.separator(part), kNotScored);
  }
  return pieces;
}

}  // namespace lingua

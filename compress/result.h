#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compress/layout.h"
#include "support/json.h"

namespace lingua {

// What became of a piece of the prompt.
struct PieceFate {
  ByteRange bytes;
  float loss = 0;  // nats a token; NaN where no model judged it
  bool kept = false;
};

struct CompressResult {
  std::string mode;
  std::string original;           // the prompt as one text
  std::string compressed_prompt;  // valid UTF-8
  int64_t origin_tokens = 0;
  int64_t compressed_tokens = 0;  // of compressed_prompt encoded anew
  std::vector<ByteRange> kept;    // of `original`, in order; they rebuild compressed_prompt
  std::vector<PieceFate> pieces;  // cover `original` in order; empty when nothing was judged

  // Original over compressed, and the other way round.
  double ratio() const;
  double rate() const;
};

// {"compressed_prompt", "origin_tokens", "compressed_tokens", "ratio", "rate", "kept", "mode"}:
// ratio is origin / compressed, rate is what was reached, compressed / origin.
Json to_json(const CompressResult& result);

// "1,032 -> 516 tokens (2.0x), 0.8 s"
std::string summary(int64_t origin_tokens, int64_t compressed_tokens, double seconds);

// The fate of every unit and blank line of a layout of which `ranges` were kept.
std::vector<PieceFate> fates(const Layout& layout, const std::vector<float>& losses,
                             const std::vector<ByteRange>& ranges);

}  // namespace lingua

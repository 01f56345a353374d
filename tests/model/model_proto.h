#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lingua {

// Pieces of SentencePiece's ModelProto in protobuf's wire format, to be put one after another.
std::string varint(uint64_t value);
std::string varint_field(int number, uint64_t value);
std::string bytes_field(int number, std::string_view bytes);

// ModelProto.pieces; `kind` is the number of its Type.
std::string piece(std::string_view text, float score, int kind = 1);
std::string unknown_piece();  // <unk>

struct NormalizerOptions {
  bool add_dummy_prefix = true;
  bool remove_extra_whitespaces = false;
  std::string charsmap = "";
};
std::string normalizer_spec(const NormalizerOptions& options);

struct ScoredPiece {
  std::string text;
  float score;
};

// <unk>, <s>, </s>, the 256 byte pieces and then `pieces`.
std::string model_proto(const std::vector<ScoredPiece>& pieces);

// A normalisation table that replaces "x" by "yz", as the library would build it.
std::string sound_charsmap();

// A table whose trie has these units and free ones behind them, 512 together.
constexpr uint32_t kFreeUnit = 1U << 31;  // no label: nothing leads here
std::string charsmap(const std::vector<uint32_t>& units, std::string_view replacements);

}  // namespace lingua

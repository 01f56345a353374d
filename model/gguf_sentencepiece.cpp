#include "model/gguf_sentencepiece.h"

#include <cstring>

#include "model/gguf_fields.h"
#include "model/sentencepiece_check.h"

namespace lingua {
namespace {

// Field numbers are those of sentencepiece_model.proto.

std::string varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

std::string number_field(uint64_t number, uint64_t value) {
  return varint(number << 3) + varint(value);
}

std::string bytes_field(uint64_t number, std::string_view bytes) {
  return varint(number << 3 | 2) + varint(bytes.size()) + std::string(bytes);
}

std::string float_field(uint64_t number, float value) {
  std::string bytes(sizeof(value), '\0');
  std::memcpy(bytes.data(), &value, sizeof(value));  // little-endian, as the machine is
  return varint(number << 3 | 5) + bytes;
}

// The lists of a vocabulary, of equal length.
struct Lists {
  const GgufStrings& tokens;
  const GgufFloats& scores;
  const GgufIntegers& types;  // numbered as SentencePiece numbers its kinds
};

Lists read_lists(const GgufFields& fields) {
  const Lists lists = {fields.get<GgufStrings>("tokenizer.ggml.tokens"),
                       fields.get<GgufFloats>("tokenizer.ggml.scores"),
                       fields.get<GgufIntegers>("tokenizer.ggml.token_type")};
  const auto require_size = [&](const char* key, std::size_t size) {
    if (size == lists.tokens.size()) return;
    fields.fail(std::string(key) + " has " + std::to_string(size) + " entries for " +
                std::to_string(lists.tokens.size()) + " tokens");
  };
  require_size("tokenizer.ggml.scores", lists.scores.size());
  require_size("tokenizer.ggml.token_type", lists.types.size());
  return lists;
}

// The piece as SentencePiece has it. llama.cpp's converter writes the spaces of user-defined pieces
// as they are (Gemma has runs of them), and U+2581 in all others.
std::string spelling(std::string_view token, PieceKind kind) {
  if (kind != PieceKind::kUserDefined) return std::string(token);
  std::string piece;
  for (const char c : token) piece += c == ' ' ? std::string("\u2581") : std::string(1, c);
  return piece;
}

// Id and spelling of a token with a part of its own, for trainer_spec.
std::string special_fields(const GgufFields& fields, const Lists& lists, const char* key,
                           uint64_t id_number, uint64_t piece_number) {
  const int64_t id = fields.get_or<int64_t>(key, -1);
  std::string bytes = number_field(id_number, static_cast<uint64_t>(id));
  if (id >= 0 && id < static_cast<int64_t>(lists.tokens.size())) {
    bytes += bytes_field(piece_number, lists.tokens[static_cast<std::size_t>(id)]);
  }
  return bytes;
}

std::string trainer_spec(const GgufFields& fields, const Lists& lists) {
  constexpr uint64_t kBpe = 2;
  bool bytes = false;
  for (const int64_t type : lists.types) {
    bytes = bytes || type == static_cast<int64_t>(PieceKind::kByte);
  }
  return number_field(3, kBpe) + number_field(4, lists.tokens.size()) + number_field(35, bytes) +
         special_fields(fields, lists, "tokenizer.ggml.unknown_token_id", 40, 45) +
         special_fields(fields, lists, "tokenizer.ggml.bos_token_id", 41, 46) +
         special_fields(fields, lists, "tokenizer.ggml.eos_token_id", 42, 47) +
         special_fields(fields, lists, "tokenizer.ggml.padding_token_id", 43, 48);
}

std::string normalizer_spec(const GgufFields& fields) {
  if (fields.find<GgufIntegers>("tokenizer.ggml.precompiled_charsmap") != nullptr) {
    fields.fail("tokenizer.ggml.precompiled_charsmap is not supported",
                "use the model's Hugging Face directory with its tokenizer.model");
  }
  return bytes_field(1, "identity") +
         number_field(3, fields.get_or<bool>("tokenizer.ggml.add_space_prefix", true)) +
         number_field(4, fields.get_or<bool>("tokenizer.ggml.remove_extra_whitespaces", false));
}

}  // namespace

std::string gguf_sentencepiece(const GgufFile& gguf) {
  const GgufFields fields(gguf);
  const Lists lists = read_lists(fields);
  const int64_t unknown = fields.get_or<int64_t>("tokenizer.ggml.unknown_token_id", -1);
  std::string proto;
  for (std::size_t id = 0; id < lists.tokens.size(); ++id) {
    // Files of Gemma list <unk> as a control token; SentencePiece wants its kind said.
    const bool is_unknown = static_cast<int64_t>(id) == unknown;
    const auto kind = is_unknown ? PieceKind::kUnknown : static_cast<PieceKind>(lists.types[id]);
    proto += bytes_field(1, bytes_field(1, spelling(lists.tokens[id], kind)) +
                                float_field(2, static_cast<float>(lists.scores[id])) +
                                number_field(3, static_cast<uint64_t>(kind)));
  }
  return proto + bytes_field(2, trainer_spec(fields, lists)) +
         bytes_field(3, normalizer_spec(fields));
}

}  // namespace lingua

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lingua {

using TokenId = int32_t;

// Bytes [begin, end) of the text that was encoded.
struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool operator==(const ByteRange&) const = default;
};

struct Encoding {
  std::vector<TokenId> ids;
  std::vector<ByteRange> ranges;  // one a token, in order, without gap or overlap, from 0 to the
                                  // text's size; a range may cut through a UTF-8 character
};

// One interface above byte-level BPE and SentencePiece. Immutable and thread-safe.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  // Adds no special tokens; special tokens written out in the text are recognised as such when
  // `parse_special` is set (as Hugging Face tokenizers do) and are plain text otherwise.
  virtual Encoding encode(std::string_view text, bool parse_special = true) const = 0;

  // The text of the ids, special tokens written out. May hold partial UTF-8 for byte tokens.
  virtual std::string decode(std::span<const TokenId> ids) const = 0;

  virtual int64_t vocab_size() const = 0;

  // Id of the piece exactly so spelled (special tokens too), or -1.
  virtual TokenId id_of(std::string_view piece) const = 0;

  // What identifies the tokenizer's file: "tokenizer.json" or "tokenizer.model".
  virtual std::string file_name() const = 0;

  // That file's content, from which load_tokenizer() makes an equal tokenizer.
  virtual const std::string& serialized() const = 0;

  std::vector<TokenId> encode_ids(std::string_view text, bool parse_special = true) const {
    return encode(text, parse_special).ids;
  }
};

// Makes a tokenizer from the bytes of a tokenizer.json (Hugging Face, byte-level BPE) or a
// tokenizer.model (SentencePiece), told apart by `file_name`. `where` names the origin in errors.
// Throws Error(kModel) for a file that is damaged or of a kind that is not supported.
std::shared_ptr<const Tokenizer> load_tokenizer(const std::string& file_name, std::string bytes,
                                                const std::string& where);

}  // namespace lingua

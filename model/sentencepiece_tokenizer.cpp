#include "model/sentencepiece_tokenizer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_map>

#include "model/sentencepiece_check.h"
#include "model/sentencepiece_library.h"
#include "model/spellings.h"
#include "support/error.h"
#include "support/utf8.h"

namespace lingua {
namespace {

constexpr std::size_t kLargestText = (std::size_t{1} << 31) - 1;  // bytes; the library's limit
constexpr std::string_view kSpaceMark = "\u2581";

struct Unload {
  void operator()(LinguaSpModel* model) const { sentencepiece_library().unload(model); }
};
using LibraryModel = std::unique_ptr<LinguaSpModel, Unload>;

LibraryModel load(std::string_view proto, const std::string& where) {
  const LinguaSpApi& library = sentencepiece_library();
  LinguaSpModel* model = nullptr;
  std::array<char, kLinguaSpMessageSize> message{};
  if (!library.load({proto.data(), proto.size()}, &model, message.data())) {
    throw Error(ErrorKind::kModel, where + ": not a usable SentencePiece model: " + message.data(),
                "fetch tokenizer.model again");
  }
  return LibraryModel(model);
}

// A field that occurs again is merged with the first and wins: normalizer_spec (3) with
// add_dummy_prefix (3) false.
std::string without_dummy_prefix(const std::string& proto) {
  return proto + std::string("\x1a\x02\x18\x00", 4);
}

// The byte of a piece such as <0x0A>, -1 for other pieces.
int byte_of(const SentencePiece& piece) {
  if (piece.kind != PieceKind::kByte || piece.text.size() != 6) return -1;
  int byte = -1;
  std::from_chars(piece.text.data() + 3, piece.text.data() + 5, byte, 16);
  return byte;
}

std::string text_of(const SentencePiece& piece, bool escape_whitespaces) {
  if (const int byte = byte_of(piece); byte >= 0) return {static_cast<char>(byte)};
  if (piece.kind == PieceKind::kControl || !escape_whitespaces) return piece.text;
  std::string text;
  std::string_view rest = piece.text;
  for (std::size_t at = 0; (at = rest.find(kSpaceMark)) != std::string_view::npos;) {
    text.append(rest.substr(0, at)).push_back(' ');
    rest.remove_prefix(at + kSpaceMark.size());
  }
  text += rest;
  return text;
}

class SentencePieceTokenizer : public Tokenizer {
 public:
  SentencePieceTokenizer(std::string bytes, const std::string& where)
      : serialized_(std::move(bytes)),
        model_(check_sentencepiece(serialized_, where)),
        specials_(special_spellings(PieceKind::kControl, PieceKind::kUserDefined)),
        user_defined_(special_spellings(PieceKind::kUserDefined, PieceKind::kUserDefined)),
        whole_text_(load(serialized_, where)),
        continuation_(model_.add_dummy_prefix ? load(without_dummy_prefix(serialized_), where)
                                              : nullptr) {
    id_of_byte_.fill(-1);
    for (std::size_t i = 0; i < model_.pieces.size(); ++i) {
      const SentencePiece& piece = model_.pieces[i];
      ids_.emplace(piece.text, static_cast<TokenId>(i));
      text_of_id_.push_back(text_of(piece, model_.escape_whitespaces));
      const int byte = byte_of(piece);
      if (byte >= 0) id_of_byte_[static_cast<std::size_t>(byte)] = static_cast<TokenId>(i);
    }
    has_bytes_ = std::count(id_of_byte_.begin(), id_of_byte_.end(), -1) == 0;
  }

  Encoding encode(std::string_view text, bool parse_special) const override;
  std::string decode(std::span<const TokenId> ids) const override;
  int64_t vocab_size() const override { return static_cast<int64_t>(model_.pieces.size()); }
  TokenId id_of(std::string_view piece) const override {
    const auto found = ids_.find(std::string(piece));
    return found == ids_.end() ? -1 : found->second;
  }
  std::string file_name() const override { return "tokenizer.model"; }
  const std::string& serialized() const override { return serialized_; }

 private:
  friend class SentencePiecePass;

  // Special tokens of either kind.
  std::vector<Spelling> special_spellings(PieceKind one, PieceKind other) const {
    std::vector<Spelling> result;
    for (std::size_t i = 0; i < model_.pieces.size(); ++i) {
      const SentencePiece& piece = model_.pieces[i];
      if (!is_special(piece) || (piece.kind != one && piece.kind != other)) continue;
      result.push_back({piece.text, static_cast<TokenId>(i)});
    }
    return result;
  }

  bool is_byte(TokenId id) const {
    return model_.pieces[static_cast<std::size_t>(id)].kind == PieceKind::kByte;
  }

  std::string serialized_;
  SentencePieceModel model_;
  SpellingMatcher specials_;
  SpellingMatcher user_defined_;  // the specials that the library finds by itself
  LibraryModel whole_text_;
  LibraryModel continuation_;  // adds no dummy space; null where whole_text_ adds none either
  std::vector<std::string> text_of_id_;
  std::unordered_map<std::string, TokenId> ids_;
  std::array<TokenId, 256> id_of_byte_{};
  bool has_bytes_ = false;
};

// Encodes one text from left to right. Positions are bytes of the whole text.
class SentencePiecePass {
 public:
  SentencePiecePass(const SentencePieceTokenizer& tokenizer, std::string_view text)
      : tokenizer_(tokenizer), text_(text) {}

  void add_token(TokenId id, std::size_t end) {
    const std::size_t begin = encoding_.ids.empty() ? 0 : encoding_.ranges.back().end;
    encoding_.ids.push_back(id);
    encoding_.ranges.push_back({begin, end});
  }

  // Text in which the library may find all that it knows.
  void add_text(ByteRange range) {
    std::size_t begin = range.begin;
    for (std::size_t at = range.begin; at < range.end;) {
      const std::size_t length = utf8_sequence_length(text_.substr(at, range.end - at));
      const std::string_view character = text_.substr(at, std::max<std::size_t>(length, 1));
      if (!needs_bytes(character, length)) {
        at += character.size();
        continue;
      }
      add_run({begin, at});
      for (const char byte : character) {
        add_token(tokenizer_.id_of_byte_[static_cast<unsigned char>(byte)], ++at);
      }
      begin = at;
    }
    add_run({begin, range.end});
  }

  // The whole text with its special tokens hidden: cut behind the first character of each, so that
  // the library cannot see them.
  void add_without_specials() {
    std::size_t begin = 0;
    while (begin < text_.size()) {
      const TextPart found = tokenizer_.user_defined_.find(text_, begin);
      const std::size_t end = found.id < 0 ? text_.size() : found.range.begin + 1;
      add_text({begin, end});
      begin = end;
    }
  }

  Encoding take() {
    if (!encoding_.ranges.empty()) encoding_.ranges.back().end = text_.size();
    return std::move(encoding_);
  }

 private:
  // Whether the library would lose the character: a byte that is not UTF-8 (length 0), or the mark
  // that it takes for a space.
  bool needs_bytes(std::string_view character, std::size_t length) const {
    if (!tokenizer_.has_bytes_) return false;
    return length == 0 || (tokenizer_.model_.escape_whitespaces && character == kSpaceMark);
  }

  void add_run(ByteRange range) {
    if (range.begin == range.end) return;
    const LibraryModel& model = range.begin == 0 || tokenizer_.continuation_ == nullptr
                                    ? tokenizer_.whole_text_
                                    : tokenizer_.continuation_;
    const LinguaSpApi& library = sentencepiece_library();
    LinguaSpTokens tokens{};
    std::array<char, kLinguaSpMessageSize> message{};
    const bool encoded =
        library.encode(model.get(), {text_.data() + range.begin, range.end - range.begin}, &tokens,
                       message.data());
    const std::unique_ptr<LinguaSpToken, void (*)(void*)> owner(tokens.data, library.release);
    if (!encoded)
      throw Error(ErrorKind::kInternal, std::string("SentencePiece: ") + message.data());
    add_tokens({tokens.data, tokens.size}, range);
  }

  // Of the byte pieces of one character, the library gives the last all of its bytes.
  void add_tokens(std::span<const LinguaSpToken> tokens, ByteRange range) {
    const std::size_t size = range.end - range.begin;
    std::size_t done = 0;  // bytes of the run
    for (std::size_t i = 0; i < tokens.size();) {
      std::size_t last = i;
      while (last + 1 < tokens.size() && tokens[last].end <= done &&
             tokenizer_.is_byte(tokens[last].id) && tokenizer_.is_byte(tokens[last + 1].id)) {
        ++last;
      }
      const bool ends_run = last + 1 == tokens.size();
      const std::size_t end =
          ends_run ? size : std::clamp<std::size_t>(tokens[last].end, done, size);
      const std::size_t count = last + 1 - i;
      // A model without a piece for the space spells the bytes of its mark.
      if (count == kSpaceMark.size() && text_[range.begin + done] == ' ') {
        add_token(tokenizer_.id_of_byte_[' '], range.begin + end);
        i = last + 1;
        done = end;
        continue;
      }
      for (std::size_t k = 1; k <= count; ++k, ++i) {
        add_token(tokens[i].id, range.begin + done + (end - done) * k / count);
      }
      done = end;
    }
  }

  const SentencePieceTokenizer& tokenizer_;
  std::string_view text_;
  Encoding encoding_;
};

Encoding SentencePieceTokenizer::encode(std::string_view text, bool parse_special) const {
  if (text.size() > kLargestText) {
    throw Error(ErrorKind::kData,
                "a text of " + std::to_string(text.size()) + " bytes is too long to encode",
                "split it");
  }
  SentencePiecePass pass(*this, text);
  if (!parse_special) {
    pass.add_without_specials();
    return pass.take();
  }
  for (const TextPart& part : specials_.split(text)) {
    if (part.id < 0) {
      pass.add_text(part.range);
    } else {
      pass.add_token(part.id, part.range.end);
    }
  }
  return pass.take();
}

std::string SentencePieceTokenizer::decode(std::span<const TokenId> ids) const {
  std::string text;
  for (const TokenId id : ids) {
    if (id >= 0 && id < vocab_size()) text += text_of_id_[static_cast<std::size_t>(id)];
  }
  // The dummy space that encode() put before the text.
  const bool has_dummy = model_.add_dummy_prefix && text.starts_with(' ') && !is_byte(ids.front());
  return has_dummy ? text.substr(1) : text;
}

}  // namespace

std::shared_ptr<const Tokenizer> make_sentencepiece_tokenizer(std::string bytes,
                                                              const std::string& where) {
  return std::make_shared<SentencePieceTokenizer>(std::move(bytes), where);
}

}  // namespace lingua

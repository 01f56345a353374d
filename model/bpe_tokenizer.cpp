#include "model/bpe_tokenizer.h"

#include <algorithm>
#include <array>

#include "model/bpe_merge.h"
#include "model/byte_alphabet.h"
#include "model/normal_form.h"
#include "model/pre_tokenizer.h"
#include "model/spellings.h"
#include "model/tokenizer_json.h"

namespace lingua {
namespace {

std::vector<Spelling> spellings(const BpeDefinition& definition, bool special_too) {
  std::vector<Spelling> result;
  for (const AddedToken& token : definition.added) {
    if (special_too || !token.special) result.push_back({token.content, token.id});
  }
  return result;
}

class BpeTokenizer : public Tokenizer {
 public:
  BpeTokenizer(BpeDefinition definition, std::string bytes)
      : all_spellings_(spellings(definition, true)),
        plain_spellings_(spellings(definition, false)),
        normal_form_c_(definition.normal_form_c),
        pre_tokenizer_(std::move(definition.pre_tokenizer_steps)),
        merges_(definition.merges),
        serialized_(std::move(bytes)),
        ids_(std::move(definition.ids)) {
    text_of_id_.reserve(definition.pieces.size());
    for (const std::string& piece : definition.pieces) {
      text_of_id_.push_back(bytes_of_spelling(piece));
    }
    for (const AddedToken& token : definition.added) {
      text_of_id_[static_cast<std::size_t>(token.id)] = token.content;
    }
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const TokenId id = id_of(byte_alphabet()[byte]);
      id_of_byte_[byte] = id < 0 ? definition.unknown : id;
    }
    if (definition.ignore_merges) fill_whole_words(definition.added);
  }

  Encoding encode(std::string_view text, bool parse_special) const override;
  std::string decode(std::span<const TokenId> ids) const override {
    std::string text;
    for (const TokenId id : ids) {
      if (id >= 0 && id < vocab_size()) text += text_of_id_[static_cast<std::size_t>(id)];
    }
    return text;
  }
  int64_t vocab_size() const override { return static_cast<int64_t>(text_of_id_.size()); }
  TokenId id_of(std::string_view piece) const override {
    const auto found = ids_.find(piece);
    return found == ids_.end() ? -1 : found->second;
  }
  std::string file_name() const override { return "tokenizer.json"; }
  const std::string& serialized() const override { return serialized_; }

 private:
  friend class EncodingPass;

  Encoding encode_parts(std::string_view text, std::span<const TextPart> parts) const;
  Encoding encode_normalized(std::string_view text, std::span<const TextPart> parts) const;

  // Added tokens are left out: text that spells one out is plain text when it gets here.
  void fill_whole_words(const std::vector<AddedToken>& added) {
    for (std::size_t id = 0; id < text_of_id_.size(); ++id) {
      whole_words_.emplace(text_of_id_[id], static_cast<TokenId>(id));
    }
    whole_words_.erase("");
    for (const AddedToken& token : added) whole_words_.erase(token.content);
  }

  SpellingMatcher all_spellings_;
  SpellingMatcher plain_spellings_;  // those that are not special
  bool normal_form_c_;
  PreTokenizer pre_tokenizer_;
  MergeTable merges_;
  std::string serialized_;
  PieceIds ids_;
  std::vector<std::string> text_of_id_;
  PieceIds whole_words_;                   // those that need no merging
  std::array<TokenId, 256> id_of_byte_{};  // -1: no piece
};

// Encodes one text from left to right.
class EncodingPass {
 public:
  EncodingPass(const BpeTokenizer& tokenizer, std::string_view text)
      : tokenizer_(tokenizer), merger_(tokenizer.merges_), text_(text) {}

  void add_plain(ByteRange range) {
    for (const ByteRange& word : tokenizer_.pre_tokenizer_.split(text_, range)) {
      add_word(text_.substr(word.begin, word.end - word.begin));
    }
  }

  void add_token(TokenId id, std::size_t bytes) {
    const std::size_t begin = encoding_.ids.empty() ? 0 : encoding_.ranges.back().end;
    position_ += bytes;
    encoding_.ids.push_back(id);
    encoding_.ranges.push_back({begin, position_});
  }

  Encoding take() { return std::move(encoding_); }

 private:
  void add_word(std::string_view word) {
    if (!tokenizer_.whole_words_.empty()) {
      const auto whole = tokenizer_.whole_words_.find(word);
      if (whole != tokenizer_.whole_words_.end()) return add_token(whole->second, word.size());
    }
    symbols_.clear();
    for (const char byte : word) add_byte(static_cast<unsigned char>(byte));
    if (symbols_.size() > 1) merger_.merge(symbols_);
    for (const Symbol& symbol : symbols_) add_token(symbol.id, symbol.bytes);
  }

  void add_byte(unsigned char byte) {
    const TokenId id = tokenizer_.id_of_byte_[byte];
    if (id >= 0) {
      symbols_.push_back({id, 1});
    } else if (!symbols_.empty()) {
      ++symbols_.back().bytes;
    } else {
      ++position_;
      if (!encoding_.ids.empty()) encoding_.ranges.back().end = position_;
    }
  }

  const BpeTokenizer& tokenizer_;
  BpeMerger merger_;
  std::string_view text_;
  std::vector<Symbol> symbols_;  // of the current word
  Encoding encoding_;
  std::size_t position_ = 0;  // bytes of the text that are done
};

Encoding BpeTokenizer::encode_parts(std::string_view text, std::span<const TextPart> parts) const {
  EncodingPass pass(*this, text);
  for (const TextPart& part : parts) {
    if (part.id < 0) {
      pass.add_plain(part.range);
    } else {
      pass.add_token(part.id, part.range.end - part.range.begin);
    }
  }
  return pass.take();
}

// Added tokens are found in the text as it is, what lies between them is normalised.
Encoding BpeTokenizer::encode_normalized(std::string_view text,
                                         std::span<const TextPart> parts) const {
  NormalForm normal;
  std::vector<TextPart> moved;
  for (const TextPart& part : parts) {
    const std::size_t begin = normal.text().size();
    const auto bytes = text.substr(part.range.begin, part.range.end - part.range.begin);
    if (part.id < 0) {
      normal.append_normalized(bytes);
    } else {
      normal.append_as_is(bytes);
    }
    moved.push_back({{begin, normal.text().size()}, part.id});
  }
  Encoding encoding = encode_parts(normal.text(), moved);
  for (ByteRange& range : encoding.ranges) {
    range = {normal.original(range.begin), normal.original(range.end)};
  }
  return encoding;
}

Encoding BpeTokenizer::encode(std::string_view text, bool parse_special) const {
  const auto parts = (parse_special ? all_spellings_ : plain_spellings_).split(text);
  const bool ascii =
      std::all_of(text.begin(), text.end(), [](unsigned char byte) { return byte < 0x80; });
  return normal_form_c_ && !ascii ? encode_normalized(text, parts) : encode_parts(text, parts);
}

}  // namespace

std::shared_ptr<const Tokenizer> make_bpe_tokenizer(std::string bytes, const std::string& where) {
  BpeDefinition definition = parse_tokenizer_json(bytes, where);
  return std::make_shared<BpeTokenizer>(std::move(definition), std::move(bytes));
}

}  // namespace lingua

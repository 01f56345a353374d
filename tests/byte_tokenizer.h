#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/tokenizer.h"

namespace lingua {

// The least tokenizer there can be: id 0 to 255 are the bytes, from 256 on follow special tokens.
class ByteTokenizer : public Tokenizer {
 public:
  explicit ByteTokenizer(std::vector<std::string> specials = {"<|im_start|>", "<|im_end|>", "</s>"})
      : specials_(std::move(specials)) {}

  Encoding encode(std::string_view text, bool parse_special = true) const override {
    Encoding encoding;
    for (std::size_t at = 0; at < text.size();) {
      TokenId id = static_cast<unsigned char>(text[at]);
      std::size_t length = 1;
      for (std::size_t i = 0; parse_special && i < specials_.size(); ++i) {
        if (!text.substr(at).starts_with(specials_[i])) continue;
        id = static_cast<TokenId>(256 + i);
        length = specials_[i].size();
      }
      encoding.ids.push_back(id);
      encoding.ranges.push_back({at, at + length});
      at += length;
    }
    return encoding;
  }

  std::string decode(std::span<const TokenId> ids) const override {
    std::string text;
    for (const TokenId id : ids) {
      if (id < 256) {
        text += static_cast<char>(id);
      } else {
        text += specials_.at(static_cast<std::size_t>(id) - 256);
      }
    }
    return text;
  }

  int64_t vocab_size() const override { return 256 + static_cast<int64_t>(specials_.size()); }

  TokenId id_of(std::string_view piece) const override {
    for (std::size_t i = 0; i < specials_.size(); ++i) {
      if (piece == specials_[i]) return static_cast<TokenId>(256 + i);
    }
    return piece.size() == 1 ? static_cast<unsigned char>(piece[0]) : -1;
  }

  std::string file_name() const override { return "bytes"; }
  const std::string& serialized() const override { return serialized_; }

 private:
  std::vector<std::string> specials_;
  std::string serialized_;
};

}  // namespace lingua

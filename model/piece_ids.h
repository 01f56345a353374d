#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "model/tokenizer.h"

namespace lingua {

struct TextHash {
  using is_transparent = void;  // look-ups need no std::string
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

using PieceIds = std::unordered_map<std::string, TokenId, TextHash, std::equal_to<>>;

}  // namespace lingua

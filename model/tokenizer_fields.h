#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "model/tokenizer.h"

namespace lingua {

// JSON with sorted keys: the ordered object of support/json.h takes quadratic time for a
// vocabulary.
using SortedJson = nlohmann::json;

// Reads the fields of one tokenizer.json. Every failure is an Error(kModel) beginning with the
// file's name.
class TokenizerFields {
 public:
  explicit TokenizerFields(std::string where) : where_(std::move(where)) {}

  const std::string& where() const { return where_; }
  [[noreturn]] void fail(const std::string& what) const;

  // The member `key` of an object, or a null value when it is missing.
  const SortedJson& member(const SortedJson& object, const char* key) const;

  std::string text(const SortedJson& object, const char* key) const;
  bool flag(const SortedJson& object, const char* key, bool otherwise) const;

  // A token's id, from 0 to the largest vocabulary there is.
  TokenId id(const SortedJson& value, const std::string& piece) const;

  // Fails when the flag is set; `of` says whose flag it is.
  void refuse_flag(const SortedJson& object, const char* key, const std::string& of) const;

 private:
  std::string where_;
};

}  // namespace lingua

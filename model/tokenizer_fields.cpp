#include "model/tokenizer_fields.h"

#include "support/error.h"

namespace lingua {
namespace {

constexpr int64_t kLargestVocabulary = 1 << 20;  // ids
constexpr const char* kHint =
    "lingua reads byte-level BPE (as of GPT-2, SmolLM2, Llama 3) and SentencePiece models";

}  // namespace

void TokenizerFields::fail(const std::string& what) const {
  throw Error(ErrorKind::kModel, where_ + ": " + what, kHint);
}

const SortedJson& TokenizerFields::member(const SortedJson& object, const char* key) const {
  static const SortedJson null;
  if (!object.is_object()) fail("a JSON object with \"" + std::string(key) + "\" is missing");
  const auto found = object.find(key);
  return found == object.end() ? null : *found;
}

std::string TokenizerFields::text(const SortedJson& object, const char* key) const {
  const SortedJson& value = member(object, key);
  if (!value.is_string()) fail("\"" + std::string(key) + "\" must be a string");
  return value.get<std::string>();
}

bool TokenizerFields::flag(const SortedJson& object, const char* key, bool otherwise) const {
  const SortedJson& value = member(object, key);
  if (value.is_null()) return otherwise;
  if (!value.is_boolean()) fail("\"" + std::string(key) + "\" must be true or false");
  return value.get<bool>();
}

TokenId TokenizerFields::id(const SortedJson& value, const std::string& piece) const {
  if (!value.is_number_integer()) fail("the id of \"" + piece + "\" is not an integer");
  // An unsigned value beyond int64 reads as a negative one and is refused with them.
  const auto id = value.get<int64_t>();
  if (id < 0 || id >= kLargestVocabulary) {
    fail("the id of \"" + piece + "\" is " + value.dump() + ", outside 0 to " +
         std::to_string(kLargestVocabulary - 1));
  }
  return static_cast<TokenId>(id);
}

void TokenizerFields::refuse_flag(const SortedJson& object, const char* key,
                                  const std::string& of) const {
  if (flag(object, key, false)) fail(of + " with \"" + key + "\" is not supported");
}

}  // namespace lingua

#include "eval/identity.h"

#include <algorithm>
#include <vector>

#include "data/split.h"
#include "model/parallel_sha256.h"
#include "model/weight_dtype.h"
#include "support/json.h"
#include "support/sha256.h"

namespace lingua {
namespace {

constexpr std::size_t kIdDigits = 16;

}  // namespace

std::string text_id(const Example& example) {
  Json said = Json::array();
  for (const Message& message : example.messages) said.push_back({message.role, message.content});
  return sha256_hex(dump_json(said)).substr(0, kIdDigits);
}

std::string instruction_id(const Example& example) {
  return sha256_hex(prompt_text(example)).substr(0, kIdDigits);
}

std::string data_sha256(std::span<const Example> examples) {
  std::vector<std::string> ids;
  for (const Example& example : examples) ids.push_back(text_id(example));
  std::sort(ids.begin(), ids.end());
  Sha256 hash;
  for (const std::string& id : ids) hash.update(id);
  return hash.hex();
}

std::string model_sha256(const Decoder& decoder, const Tokenizer& tokenizer) {
  std::vector<at::Tensor> kept;
  std::vector<std::string_view> parts = {tokenizer.serialized()};
  Sha256 hash;
  for (const auto& [name, tensor] : named_weights(decoder)) {
    hash.update(name);
    kept.push_back(writable_weight(name, tensor));
    parts.push_back(bytes_of(kept.back()));
  }
  for (const std::string& digest : parallel_sha256(parts)) hash.update(digest);
  return hash.hex();
}

}  // namespace lingua

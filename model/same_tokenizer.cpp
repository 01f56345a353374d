#include "model/same_tokenizer.h"

#include <algorithm>
#include <array>

namespace lingua {

bool same_tokenizer(const Tokenizer& a, const Tokenizer& b) {
  if (a.file_name() == b.file_name() && a.serialized() == b.serialized()) return true;
  if (a.file_name() != b.file_name()) return false;
  const auto shared = static_cast<TokenId>(std::min(a.vocab_size(), b.vocab_size()));
  for (TokenId id = 0; id < shared; ++id) {
    if (a.decode(std::array{id}) != b.decode(std::array{id})) return false;
  }
  // Beyond the shared ids there may be added tokens, no learned ones.
  const Tokenizer& longer = a.vocab_size() > b.vocab_size() ? a : b;
  return longer.vocab_size() - shared <= shared / 100;
}

}  // namespace lingua

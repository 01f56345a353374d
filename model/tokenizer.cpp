#include "model/tokenizer.h"

#include "model/bpe_tokenizer.h"
#include "model/sentencepiece_tokenizer.h"
#include "support/error.h"

namespace lingua {

std::shared_ptr<const Tokenizer> load_tokenizer(const std::string& file_name, std::string bytes,
                                                const std::string& where) {
  if (file_name == "tokenizer.json") return make_bpe_tokenizer(std::move(bytes), where);
  if (file_name == "tokenizer.model") return make_sentencepiece_tokenizer(std::move(bytes), where);
  throw Error(ErrorKind::kModel, where + ": unknown tokenizer file \"" + file_name + "\"",
              "lingua reads tokenizer.json (byte-level BPE) and tokenizer.model (SentencePiece)");
}

}  // namespace lingua

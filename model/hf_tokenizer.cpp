#include "model/hf_tokenizer.h"

#include <filesystem>

#include "model/tokenizer_document.h"
#include "support/error.h"
#include "support/mapped_file.h"

namespace lingua {
namespace {

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

std::string read_text(const std::string& path) {
  return std::string(MappedFile(path, ErrorKind::kModel).bytes());
}

// Whether a tokenizer.json describes SentencePiece's BPE, which tokenizer.model holds too.
bool has_byte_fallback(std::string_view bytes, const std::string& path) {
  const TokenizerFields fields(path);
  const SortedJson root = read_tokenizer_document(bytes, fields).root;
  const SortedJson& model = fields.member(root, "model");
  return model.is_object() && fields.flag(model, "byte_fallback", false);
}

}  // namespace

std::shared_ptr<const Tokenizer> load_hf_tokenizer(const std::string& directory) {
  const std::string json = directory + "/tokenizer.json", proto = directory + "/tokenizer.model";
  if (exists(json)) {
    std::string text = read_text(json);
    if (!exists(proto) || !has_byte_fallback(text, json)) {
      return load_tokenizer("tokenizer.json", std::move(text), json);
    }
  }
  if (exists(proto)) return load_tokenizer("tokenizer.model", read_text(proto), proto);
  throw Error(ErrorKind::kModel,
              directory + ": neither tokenizer.json nor tokenizer.model is there",
              "save the tokenizer beside the model: tokenizer.save_pretrained(...)");
}

}  // namespace lingua

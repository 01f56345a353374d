#include "model/tokenizer_file.h"

#include <filesystem>

#include "model/gguf_tokenizer.h"
#include "model/hf_tokenizer.h"
#include "model/loader.h"
#include "model/model_path.h"
#include "support/error.h"
#include "support/mapped_file.h"

namespace lingua {

std::shared_ptr<const Tokenizer> load_tokenizer_of(const std::string& spec) {
  const std::string path = find_model(spec);
  if (std::filesystem::is_directory(path)) return load_hf_tokenizer(path);
  const auto extension = std::filesystem::path(path).extension();
  const MappedFile file(path, ErrorKind::kModel);
  if (extension == ".json")
    return load_tokenizer("tokenizer.json", std::string(file.bytes()), path);
  if (extension == ".model") {
    return load_tokenizer("tokenizer.model", std::string(file.bytes()), path);
  }
  if (file.bytes().starts_with("GGUF")) return load_gguf_tokenizer(read_gguf(path));
  return load_model(path).tokenizer;
}

}  // namespace lingua

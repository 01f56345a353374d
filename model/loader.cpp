#include "model/loader.h"

#include <filesystem>
#include <fstream>

#include "model/model_path.h"
#include "support/error.h"

namespace lingua {
namespace {

namespace fs = std::filesystem;

std::string first_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorKind::kModel, "cannot open " + path);
  std::string bytes(4, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

[[noreturn]] void refuse(const std::string& path, const std::string& bytes) {
  constexpr char kPickle = '\x80';  // the opcode PROTO, with which every pickle of today begins
  const auto extension = fs::path(path).extension().string();
  if (extension == ".safetensors") {
    throw Error(ErrorKind::kModel, path + " holds weights alone, without config and tokenizer",
                "give the directory that it lies in");
  }
  if (bytes.starts_with(kPickle) || extension == ".pt" || extension == ".pth" ||
      extension == ".bin") {
    throw Error(ErrorKind::kModel, path + " is not an aligned.pt; pickle files are not executed",
                "export the model to safetensors and give its directory");
  }
  throw Error(ErrorKind::kModel, path + " is not a model file that lingua knows",
              "give an aligned.pt, a Hugging Face directory, a GGUF file or a name");
}

Model read_model(const std::string& path, Integrity integrity) {
  if (fs::is_directory(path)) return load_hf_model(path);
  const std::string bytes = first_bytes(path);
  if (bytes == "GGUF") return load_gguf_model(path);
  if (bytes == "PK\x03\x04") return load_aligned_model(path, integrity);
  refuse(path, bytes);
}

}  // namespace

Model load_model(const std::string& spec, Integrity integrity) {
  Model model = read_model(find_model(spec), integrity);
  // Ids beyond the embedding's rows would read outside of it.
  if (model.tokenizer->vocab_size() > model.config.vocab_size) {
    throw Error(ErrorKind::kModel,
                model.source + ": the tokenizer has " +
                    std::to_string(model.tokenizer->vocab_size()) + " tokens, the embedding only " +
                    std::to_string(model.config.vocab_size) + " rows",
                "use the tokenizer that the model was trained with");
  }
  return model;
}

}  // namespace lingua

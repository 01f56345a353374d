#include "export/hf_writer.h"

#include "export/atomic_directory.h"
#include "export/hf_files.h"
#include "export/model_card.h"
#include "export/weights.h"
#include "model/safetensors.h"
#include "support/atomic_file.h"
#include "support/interrupt.h"

namespace lingua {
namespace {

void write_texts(const Model& model, const std::string& directory, const std::string& dtype) {
  const auto write = [&](const std::string& name, const std::string& text) {
    write_file_atomically(directory + "/" + name, text, ErrorKind::kModel);
  };
  const auto write_json = [&](const std::string& name, const Json& json) {
    write(name, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  };
  write_json("config.json", hf_config(model.config, dtype));
  write_json("generation_config.json", hf_generation_config(model.config));
  write_json("tokenizer_config.json", hf_tokenizer_config(model));
  write_json("special_tokens_map.json", hf_special_tokens_map(model));
  write(model.tokenizer->file_name(), model.tokenizer->serialized());
  if (!model.config.chat_template.empty()) write("chat_template.jinja", model.config.chat_template);
  write("README.md", model_card(model, dtype));
}

}  // namespace

void write_hf_directory(const Model& model, const std::string& output, bool replace,
                        const std::function<void(const std::string& directory)>& check) {
  AtomicDirectory directory(output, replace);
  write_texts(model, directory.temporary(), weights_dtype(model.weights));
  throw_if_interrupted();
  write_safetensors(directory.temporary() + "/model.safetensors", model.weights,
                    {{"format", "pt"}});
  throw_if_interrupted();
  if (check) check(directory.temporary());
  directory.commit();
}

}  // namespace lingua

#include "export/hf_writer.h"

#include "export/atomic_directory.h"
#include "export/chat_jinja.h"
#include "export/hf_files.h"
#include "export/model_card.h"
#include "export/provenance.h"
#include "export/weights.h"
#include "model/report_names.h"
#include "model/safetensors.h"
#include "support/atomic_file.h"
#include "support/interrupt.h"

namespace lingua {
namespace {

void write_texts(const Model& model, const std::string& directory, const std::string& licence) {
  const std::string dtype = weights_dtype(model.weights);
  const std::string chat_template = chat_jinja(model);
  const auto write = [&](const std::string& name, const std::string& text) {
    write_file_atomically(directory + "/" + name, text, ErrorKind::kModel);
  };
  const auto write_json = [&](const std::string& name, const Json& json) {
    write(name, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  };
  write_json("config.json", hf_config(model.config, dtype));
  write_json("generation_config.json", hf_generation_config(model.config));
  write_json("tokenizer_config.json", hf_tokenizer_config(model, chat_template));
  write_json("special_tokens_map.json", hf_special_tokens_map(model));
  write("tokenizer.json", hf_tokenizer_json(model));
  if (!is_json_tokenizer(model)) write("tokenizer.model", model.tokenizer->serialized());
  if (!chat_template.empty()) write("chat_template.jinja", chat_template);
  if (model.report.is_object()) write_json(kReportFile, model.report);
  write("README.md", model_card(model, provenance_of(model, licence), dtype));
}

}  // namespace

void write_hf_directory(const Model& model, const std::string& output, bool replace,
                        const std::function<void(const std::string& directory)>& check,
                        const std::string& licence) {
  AtomicDirectory directory(output, replace);
  write_texts(model, directory.temporary(), licence);
  throw_if_interrupted();
  write_safetensors(directory.temporary() + "/model.safetensors", model.weights,
                    {{"format", "pt"}});
  throw_if_interrupted();
  if (check) check(directory.temporary());
  directory.commit();
}

}  // namespace lingua

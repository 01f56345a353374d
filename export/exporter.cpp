#include "export/exporter.h"

#include <filesystem>
#include <fstream>

#include "export/gguf_writer.h"
#include "export/hf_writer.h"
#include "export/peft.h"
#include "export/staged_file.h"
#include "export/weights.h"
#include "model/lora.h"
#include "support/error.h"
#include "support/log.h"

namespace lingua {
namespace {

// "hf", "gguf" or "pt": what a model was read from.
std::string kind_of(const std::string& path) {
  if (std::filesystem::is_directory(path)) return "hf";
  std::string first(4, '\0');
  std::ifstream(path, std::ios::binary).read(first.data(), 4);
  return first == "GGUF" ? "gguf" : "pt";
}

void check_source(const Model& source, const std::string& wanted) {
  const std::string kind = kind_of(source.source);
  if (wanted == "auto" || wanted == kind) return;
  const std::string what = kind == "hf"     ? "a Hugging Face directory"
                           : kind == "gguf" ? "a GGUF file"
                                            : "an aligned.pt";
  throw Error(ErrorKind::kUsage,
              source.source + " is " + what + ", not what --from " + wanted + " asks for",
              "--from " + kind + ", or leave --from away");
}

// As ggml names it.
std::string gguf_dtype(const std::string& dtype, const TensorMap& weights) {
  const std::string name = dtype == "keep" ? weights_dtype(weights) : dtype;
  if (name == "bf16" || name == "bfloat16") return "BF16";
  if (name == "fp16" || name == "float16") return "F16";
  if (name == "q8_0") return "Q8_0";
  return name == "q4_0" ? "Q4_0" : "F32";
}

class Exporter {
 public:
  explicit Exporter(const ExportOptions& options)
      : options_(options), source_(load_model(options.model)) {
    check_source(source_, options.from);
    result_.format = export_format(options);
  }

  ExportResult run() {
    if (result_.format == "hf") write_hf();
    if (result_.format == "gguf") write_gguf_file();
    if (result_.format == "peft") write_peft();
    if (result_.format == "pt") write_aligned();
    return result_;
  }

 private:
  void write_hf() {
    const Model whole = merged(source_);
    Model written = whole;
    written.weights = convert_weights(whole.weights, options_.dtype);
    result_.dtype = weights_dtype(written.weights);
    write_hf_directory(
        written, options_.output, options_.force,
        [&](const std::string& directory) { verify(whole, directory); }, options_.licence);
  }

  void write_gguf_file() {
    const Model whole = merged(source_);
    result_.dtype = gguf_dtype(options_.dtype, whole.weights);
    StagedFile file(options_.output, options_.force);
    write_gguf(whole, options_.dtype, file.temporary(), options_.licence);
    verify(whole, file.temporary());
    file.commit();
  }

  void write_peft() {
    result_.dtype = "float32";
    write_peft_directory(
        source_, options_.output, options_.force,
        [&](const std::string& directory) {
          if (!options_.verify) return;
          Model read = source_;
          read.adapters = read_peft_adapters(directory);
          compare(merged(source_), merged(read));
        },
        options_.licence);
  }

  void write_aligned() {
    Model written = source_;
    if (options_.dtype != "keep") {
      written.weights = convert_weights(source_.weights, options_.dtype);
    }
    result_.dtype = weights_dtype(written.weights);
    StagedFile file(options_.output, options_.force);
    save_aligned_model(written, file.temporary());
    verify(merged(source_), file.temporary());
    file.commit();
  }

  void verify(const Model& whole, const std::string& path) {
    if (options_.verify) compare(whole, merged(load_model(path)));
  }

  void compare(const Model& whole, const Model& read) {
    log_info("comparing with " + source_.source);
    result_.verified = compare_models(whole, read, result_.dtype);
  }

  const ExportOptions& options_;
  Model source_;
  ExportResult result_;
};

}  // namespace

ExportResult export_model(const ExportOptions& options) { return Exporter(options).run(); }

}  // namespace lingua

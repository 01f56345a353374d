#include "export/options.h"

#include <algorithm>
#include <vector>

#include "support/error.h"
#include "support/text.h"

namespace lingua {
namespace {

struct Format {
  const char* name;
  const char* example;  // of an output
  std::vector<std::string> dtypes;
};

const std::vector<Format>& formats() {
  static const std::vector<Format> list = {
      {"hf", "model_hf", {"keep", "fp32", "bf16", "fp16"}},
      {"gguf", "model.gguf", {"keep", "fp32", "bf16", "fp16", "q8_0", "q4_0"}},
      {"peft", "adapter", {"keep"}},
      {"pt", "model.pt", {"keep", "fp32", "bf16", "fp16"}},
  };
  return list;
}

void check_choice(const std::string& option, const std::string& value,
                  const std::vector<std::string>& choices, const std::string& with = "") {
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return;
  throw Error(ErrorKind::kUsage, option + " " + in_quotes(value) + " is unknown" + with,
              "one of " + join(choices, ", "));
}

}  // namespace

std::string export_format(const ExportOptions& options) {
  if (!options.format.empty()) return options.format;
  return options.from == "auto" ? "hf" : "pt";
}

void validate(const ExportOptions& options) {
  if (options.model.empty()) {
    throw Error(ErrorKind::kUsage, "--model is missing", "for example --model aligned.pt");
  }
  check_choice("--from", options.from, {"auto", "hf", "gguf", "pt"});
  const std::string format = export_format(options);
  check_choice("--format", format, {"hf", "gguf", "peft", "pt"});
  const auto& chosen = *std::find_if(formats().begin(), formats().end(),
                                     [&](const Format& known) { return format == known.name; });
  if (options.output.empty()) {
    throw Error(ErrorKind::kUsage, "--output is missing",
                std::string("for example --output ") + chosen.example);
  }
  check_choice("--dtype", options.dtype, chosen.dtypes, " with --format " + format);
}

}  // namespace lingua

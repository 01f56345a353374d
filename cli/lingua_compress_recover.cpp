#include "cli/lingua_compress_recover.h"

#include <algorithm>
#include <filesystem>

#include "cli/input.h"
#include "cli/results.h"
#include "compress/layout.h"
#include "compress/recover.h"
#include "support/atomic_file.h"
#include "support/error.h"
#include "support/log.h"
#include "support/text.h"

namespace lingua {
namespace {

// The object in `text`; null where it is none.
Json object_in(const std::string& text) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos || !Json::accept(text)) return nullptr;
  Json json = Json::parse(text);
  return json.is_object() ? json : Json();
}

std::string original_text(const std::string& path, PromptForm form) {
  std::string text = Input(path).rest();
  const Json json = object_in(text);
  const bool is_prompt = json.contains("context") || json.contains("instruction");
  if (form == PromptForm::kPlain && is_prompt) return whole_text(prompt_from_json(json, path)).text;
  return text;
}

std::vector<ByteRange> kept_of(const Json& result, const std::string& path) {
  std::vector<ByteRange> kept;
  for (const Json& range : result["kept"]) {
    const bool pair = range.is_array() && range.size() == 2 && range[0].is_number_unsigned() &&
                      range[1].is_number_unsigned();
    if (!pair) {
      throw Error(ErrorKind::kData, path + ": \"kept\" holds " + dump_json(range) + ", no range",
                  "give the result of a prompt; conversations are not recovered");
    }
    kept.push_back({range[0].get<std::size_t>(), range[1].get<std::size_t>()});
  }
  return kept;
}

std::vector<ByteRange> kept_ranges_of(const std::string& path, const std::string& original) {
  const std::string text = Input(path).rest();
  const Json result = object_in(text);
  if (!result.is_object() || !result.contains("kept") || !result.contains("compressed_prompt")) {
    return align_compressed(text.ends_with('\n') ? text.substr(0, text.size() - 1) : text,
                            original);
  }
  auto kept = kept_of(result, path);
  const bool within = std::all_of(kept.begin(), kept.end(), [&](const ByteRange& range) {
    return range.begin <= range.end && range.end <= original.size();
  });
  if (!within || result["compressed_prompt"] != extract(original, kept)) {
    throw Error(ErrorKind::kData, path + " was not made from this original",
                "give the prompt byte for byte as it was compressed, without tags");
  }
  return kept;
}

std::string text_of(const std::string& value) {
  std::error_code ignored;
  const bool file = value == "-" || std::filesystem::is_regular_file(value, ignored);
  return file ? Input(value).rest() : value;
}

Json to_json(const Recovery& recovery) {
  const auto bytes = [](const ByteRange& range) { return Json{range.begin, range.end}; };
  Json spans = Json::array();
  for (const auto& span : recovery.spans) {
    spans.push_back({{"response", bytes(span.response)},
                     {"compressed", bytes(span.compressed)},
                     {"original", bytes(span.original)}});
  }
  return {{"recovered", recovery.text}, {"spans", std::move(spans)}};
}

}  // namespace

int run_recover(const CompressCommandOptions& options) {
  const std::string original = original_text(options.original, options.resolved().form);
  const auto kept = kept_ranges_of(options.compressed, original);
  const Recovery recovery = recover(text_of(options.recover), original, kept);
  std::string text = options.json ? dump_json(to_json(recovery)) : recovery.text;
  if (!text.ends_with('\n')) text += '\n';
  if (options.output.empty()) {
    write_result(text);
  } else {
    write_file_atomically(options.output, text, ErrorKind::kData);
  }
  log_info(format_counted(recovery.spans.size(), "span") + " of the original");
  return 0;
}

}  // namespace lingua

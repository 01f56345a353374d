#include <lingua/compress.h>

#include "compress/option_names.h"
#include "compress/recover.h"
#include "compress/tags.h"
#include "library/failures.h"
#include "library/loaded.h"
#include "support/json.h"

namespace lingua {
namespace {

Span span_of(const ByteRange& range) { return {range.begin, range.end}; }

Compressed as_public(CompressResult result) {
  Compressed compressed;
  compressed.text = std::move(result.compressed_prompt);
  compressed.origin_tokens = result.origin_tokens;
  compressed.compressed_tokens = result.compressed_tokens;
  compressed.target_tokens = result.target_tokens;
  compressed.budget_met = result.budget_met();
  compressed.original = std::move(result.original);
  compressed.context_order = std::move(result.context_order);
  for (const auto& range : result.kept) compressed.kept.push_back(span_of(range));
  for (const auto& token : result.tokens) {
    compressed.tokens.push_back({token.id, span_of(token.bytes), token.loss, token.given,
                                 token.score, token.threshold, fate_name(token.fate)});
  }
  return compressed;
}

// A bare text. A JSON document is one context, and what lies within a tag stays in one.
Prompt prompt_of(const std::string& text, const Settings& settings) {
  const PromptForm form = parse_form(settings.form);
  Prompt prompt;
  if (form == PromptForm::kJson) {
    prompt.context.push_back(text);
    return prompt;
  }
  prompt = prompt_from_text(text);
  if (form == PromptForm::kTagged) prompt.context = join_within_tags(prompt.context);
  return prompt;
}

}  // namespace

Failure::Failure(FailureKind kind, const std::string& message, std::string hint)
    : std::runtime_error(message), kind_(kind), hint_(std::move(hint)) {}

Failure::~Failure() = default;

struct Compressor::Loaded {
  LoadedModel model;
};

Compressor::Compressor(const std::string& model, const ModelSettings& settings)
    : loaded_(with_failures(
          [&] { return std::unique_ptr<Loaded>(new Loaded{LoadedModel(model, settings)}); })) {}

Compressor::Compressor(Compressor&&) noexcept = default;
Compressor& Compressor::operator=(Compressor&&) noexcept = default;
Compressor::~Compressor() = default;

Compressed Compressor::compress(const Request& request, const Settings& settings) const {
  return with_failures([&] {
    Prompt prompt;
    prompt.instruction = request.instruction;
    prompt.context = request.context;
    prompt.question = request.question;
    return as_public(loaded_->model.compress(prompt, settings));
  });
}

Compressed Compressor::compress(const std::string& text, const Settings& settings) const {
  return with_failures(
      [&] { return as_public(loaded_->model.compress(prompt_of(text, settings), settings)); });
}

std::string Compressor::compress_messages(const std::string& request, const Settings& settings,
                                          Compressed* result) const {
  return with_failures([&] {
    const Json json = parse_json(request, "the request", ErrorKind::kData);
    ChatResult chat =
        loaded_->model.compress(conversation_from_json(json, "the request", request), settings);
    if (result != nullptr) *result = as_public(std::move(chat.whole));
    return chat.request;
  });
}

std::string recover(const std::string& response, const std::string& original,
                    const std::vector<Span>& kept) {
  return with_failures([&] {
    std::vector<ByteRange> ranges;
    for (const Span& span : kept) ranges.push_back({span.begin, span.end});
    return recover(response, original, ranges).text;
  });
}

const char* version() { return LINGUA_LIBRARY_VERSION; }

}  // namespace lingua

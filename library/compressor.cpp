#include <lingua/compress.h>

#include "library/failures.h"
#include "library/loaded.h"
#include "library/settings.h"

namespace lingua {
namespace {

Span span_of(const ByteRange& range) { return {range.begin, range.end}; }

Compressed as_public(CompressResult result) {
  Compressed compressed;
  compressed.text = std::move(result.compressed_prompt);
  compressed.origin_tokens = result.origin_tokens;
  compressed.compressed_tokens = result.compressed_tokens;
  compressed.original = std::move(result.original);
  for (const auto& range : result.kept) compressed.kept.push_back(span_of(range));
  for (const auto& token : result.tokens) {
    compressed.tokens.push_back({token.id, span_of(token.bytes), token.loss, token.score,
                                 token.threshold, fate_name(token.fate)});
  }
  return compressed;
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
    return as_public(loaded_->model.compress(prompt, options_of(settings)));
  });
}

Compressed Compressor::compress(const std::string& text, const Settings& settings) const {
  return with_failures([&] {
    return as_public(loaded_->model.compress(prompt_from_text(text), options_of(settings)));
  });
}

const char* version() { return LINGUA_LIBRARY_VERSION; }

}  // namespace lingua

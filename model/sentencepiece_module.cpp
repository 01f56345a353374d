#include "model/sentencepiece_module.h"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <unordered_map>

// Both libraries of Debian 12 and 13 export it; its header is not installed.
namespace sentencepiece::logging {
void SetMinLogLevel(int level);
}

struct LinguaSpModel {
  sentencepiece::SentencePieceProcessor processor;
};

namespace {

constexpr int kSilent = 3;  // failures are reported by status, so the log says nothing new

bool fail(char* message, const char* text) {
  std::snprintf(message, kLinguaSpMessageSize, "%s", text);
  return false;
}

// Runs `action`, which gives a Status, and turns what goes wrong into a message.
template <typename Action>
bool guarded(char* message, Action action) {
  try {
    const sentencepiece::util::Status status = action();
    return status.ok() || fail(message, status.error_message());
  } catch (const std::exception& exception) {
    return fail(message, exception.what());
  } catch (...) {
    return fail(message, "unknown exception");
  }
}

template <typename T>
T* allocate(size_t count) {
  void* data = std::malloc(count == 0 ? 1 : count * sizeof(T));
  if (data == nullptr) throw std::bad_alloc();
  return static_cast<T*>(data);
}

std::string_view view(LinguaSpText text) { return {text.data, text.size}; }

bool load(LinguaSpText proto, LinguaSpModel** model, char* message) {
  sentencepiece::logging::SetMinLogLevel(kSilent);
  *model = nullptr;
  return guarded(message, [&] {
    auto loaded = std::make_unique<LinguaSpModel>();
    const auto status = loaded->processor.LoadFromSerializedProto(view(proto));
    if (status.ok()) *model = loaded.release();
    return status;
  });
}

void unload(LinguaSpModel* model) { delete model; }

bool encode(const LinguaSpModel* model, LinguaSpText text, LinguaSpTokens* tokens, char* message) {
  *tokens = {nullptr, 0};
  return guarded(message, [&] {
    sentencepiece::ImmutableSentencePieceText result;
    const auto status = model->processor.Encode(view(text), result.mutable_proto());
    if (!status.ok()) return status;
    const size_t count = result.pieces_size();
    tokens->data = allocate<LinguaSpToken>(count);
    tokens->size = count;
    for (size_t i = 0; i < count; ++i) {
      const auto piece = result.pieces(static_cast<int>(i));
      tokens->data[i] = {static_cast<int32_t>(piece.id()), piece.begin(), piece.end()};
    }
    return status;
  });
}

class Sentences : public sentencepiece::SentenceIterator {
 public:
  Sentences(const LinguaSpText* sentences, size_t count) : sentences_(sentences), count_(count) {
    take();
  }
  bool done() const override { return place_ >= count_; }
  void Next() override {
    ++place_;
    take();
  }
  const std::string& value() const override { return value_; }
  sentencepiece::util::Status status() const override { return {}; }

 private:
  void take() {
    if (!done()) value_ = view(sentences_[place_]);
  }

  const LinguaSpText* sentences_;
  size_t count_;
  size_t place_ = 0;
  std::string value_;
};

bool train(const LinguaSpText* sentences, size_t sentence_count, const char* const* options,
           size_t option_count, LinguaSpBytes* proto, char* message) {
  sentencepiece::logging::SetMinLogLevel(kSilent);
  *proto = {nullptr, 0};
  return guarded(message, [&] {
    std::unordered_map<std::string, std::string> arguments;
    for (size_t i = 0; i < option_count; ++i) arguments[options[2 * i]] = options[2 * i + 1];
    Sentences iterator(sentences, sentence_count);
    std::string trained;
    const auto status = sentencepiece::SentencePieceTrainer::Train(arguments, &iterator, &trained);
    if (!status.ok()) return status;
    proto->data = allocate<char>(trained.size());
    proto->size = trained.size();
    std::memcpy(proto->data, trained.data(), trained.size());
    return status;
  });
}

void release(void* data) { std::free(data); }

}  // namespace

const LinguaSpApi* lingua_sentencepiece_api() {
  static const LinguaSpApi api = {kLinguaSpVersion, load, unload, encode, train, release};
  return &api;
}

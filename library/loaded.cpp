#include "library/loaded.h"

#include "compress/scoring_window.h"
#include "library/settings.h"
#include "model/device.h"
#include "model/dtype.h"
#include "model/tokenizer_file.h"
#include "support/error.h"

namespace lingua {
namespace {

constexpr int kMostThreads = 1024;

RunnableModel load(const std::string& model, const ModelSettings& settings) {
  validate_running_dtype_name(settings.dtype);
  validate_device_name(settings.device);
  if (settings.threads < 0 || settings.threads > kMostThreads) {
    throw Error(ErrorKind::kUsage, "threads: " + std::to_string(settings.threads) +
                                       " is outside 0 to " + std::to_string(kMostThreads));
  }
  set_threads(settings.threads);
  return load_runnable(model, settings.dtype, settings.device);
}

}  // namespace

LoadedModel::LoadedModel(const std::string& model, const ModelSettings& settings)
    : model_(load(model, settings)), scorer_(model_.scorer()) {}

CompressResult LoadedModel::compress(const Prompt& prompt, const Settings& settings) const {
  return lingua::compress(prompt, options_for(settings), *model_.tokenizer, scorer_);
}

ChatResult LoadedModel::compress(const Conversation& conversation, const Settings& settings) const {
  const CompressOptions options = options_for(settings);
  return compress_chat(conversation, options, *model_.tokenizer,
                       cached_language_model(scorer_.with_window(scoring_window(options))));
}

CompressOptions LoadedModel::options_for(const Settings& settings) const {
  CompressOptions options = options_of(settings);
  if (settings.budget_tokenizer.empty()) return options;
  {
    const std::lock_guard lock(mutex_);
    auto& tokenizer = budget_tokenizers_[settings.budget_tokenizer];
    if (tokenizer == nullptr) tokenizer = load_tokenizer_of(settings.budget_tokenizer);
    options.budget_tokenizer = tokenizer;
  }
  validate(options);
  return options;
}

}  // namespace lingua

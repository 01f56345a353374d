#include "library/loaded.h"

#include "model/dtype.h"
#include "support/error.h"

namespace lingua {
namespace {

constexpr int kMostThreads = 1024;

RunnableModel load(const std::string& model, const ModelSettings& settings) {
  validate_dtype_name(settings.dtype);
  if (settings.threads < 0 || settings.threads > kMostThreads) {
    throw Error(ErrorKind::kUsage, "threads: " + std::to_string(settings.threads) +
                                       " is outside 0 to " + std::to_string(kMostThreads));
  }
  set_threads(settings.threads);
  return load_runnable(model, settings.dtype);
}

}  // namespace

LoadedModel::LoadedModel(const std::string& model, const ModelSettings& settings)
    : model_(load(model, settings)), scorer_(model_.scorer()) {}

CompressResult LoadedModel::compress(const Prompt& prompt, const CompressOptions& options) const {
  return lingua::compress(prompt, options, *model_.tokenizer, scorer_);
}

}  // namespace lingua

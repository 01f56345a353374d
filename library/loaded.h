#pragma once

#include <lingua/compress.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "compress/chat.h"
#include "compress/compressor.h"
#include "model/runnable_model.h"

namespace lingua {

// A model as the library holds it. Threads may share it: all of it is constant but the tokenizers
// of budgets, which are read once each.
class LoadedModel {
 public:
  // Throws Error(kModel), or Error(kUsage) for settings out of range.
  LoadedModel(const std::string& model, const ModelSettings& settings);

  // With caches of its own, so that calls do not see each other. Throw Error(kUsage) for settings
  // that cannot be, and what compress() and compress_chat() throw.
  CompressResult compress(const Prompt& prompt, const Settings& settings) const;
  ChatResult compress(const Conversation& conversation, const Settings& settings) const;

 private:
  CompressOptions options_for(const Settings& settings) const;

  RunnableModel model_;
  Scorer scorer_;
  mutable std::mutex mutex_;  // for what follows
  mutable std::map<std::string, std::shared_ptr<const Tokenizer>> budget_tokenizers_;
};

}  // namespace lingua

#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <span>
#include <vector>

#include "model/decoder.h"
#include "model/kv_cache.h"
#include "model/tokenizer.h"

namespace lingua {

struct PrefixStoreLimits {
  // Bytes of keys and values, of the texts that are being run and of those that are kept; at least
  // 0. What one text needs is taken in any case.
  int64_t cache_bytes = int64_t{512} << 20;
  // Tokens of which losses are kept, eight bytes each. At least 0.
  std::size_t loss_tokens = std::size_t{1} << 20;
};

// Tokens to score after others; both outlive the call.
struct ScoreRequest {
  std::span<const TokenId> history;
  std::span<const TokenId> next;
};

// Bytes of keys, values and hidden state that a token has in a cache.
int64_t bytes_of_cached_token(const Decoder& decoder);

// Scores texts and remembers them, so that no prefix is run twice: what a text shares with one
// that was scored before, or with another one of the same call, is taken from there, the losses as
// well as the keys and values that more tokens need. What was used longest ago is forgotten first.
// The losses differ by rounding at most from those of a text alone, and depend on nothing but the
// calls since the store was made or cleared. Not thread-safe.
class PrefixStore {
 public:
  // `decoder` must outlive it.
  explicit PrefixStore(const Decoder& decoder, const PrefixStoreLimits& limits = {})
      : decoder_(decoder), limits_(limits), bytes_of_token_(bytes_of_cached_token(decoder)) {}

  // Result i has the losses of request i's next tokens, as LanguageModel::losses gives them.
  std::vector<std::vector<float>> losses(std::span<const ScoreRequest> requests);

  void clear() { texts_.clear(); }

  // What is kept now.
  int64_t cache_bytes() const;
  std::size_t loss_tokens() const;

 private:
  // A text that was scored.
  struct Text {
    std::vector<TokenId> ids;
    std::vector<float> losses;     // one a token, kNotScored where none was asked for
    std::optional<KvCache> cache;  // of the first tokens; gone when room was needed
    uint64_t used = 0;             // the last call that took something from it
  };

  // A text that is to be scored.
  struct Wanted {
    std::size_t request = 0;
    std::vector<TokenId> ids;
    std::size_t first_loss = 0;  // of those that are asked for
  };

  // Where a text starts from.
  struct Source {
    Text* text = nullptr;    // null: from nothing
    std::size_t shared = 0;  // tokens that its cache has too
  };

  bool answer(const Wanted& wanted, std::vector<float>& losses);
  std::vector<const Wanted*> next_wave(const std::vector<Wanted>& open);
  void run(const std::vector<const Wanted*>& wave);
  Source source_of(std::span<const TokenId> ids);
  KvCache take_cache(const Source& source, std::size_t tokens, bool others_need_it);
  std::vector<Text> start(const std::vector<const Wanted*>& wave);
  std::vector<float> known_losses(std::span<const TokenId> ids) const;
  int64_t bytes_of(std::size_t tokens) const;
  void forget(int64_t more_bytes);

  const Decoder& decoder_;
  PrefixStoreLimits limits_;
  std::list<Text> texts_;
  uint64_t call_ = 0;
  int64_t bytes_of_token_;  // of a cache
};

}  // namespace lingua

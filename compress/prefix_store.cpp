#include "compress/prefix_store.h"

#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "compress/ranking.h"
#include "model/shared_passes.h"

namespace lingua {
namespace {

// A text waits for another one of the same call when it shares so many tokens with it that nobody
// has run yet: a pass of its own for the others costs less than these.
constexpr std::size_t kWorthWaiting = 32;

// Shared tokens that are worth a copy of their keys and values.
constexpr std::size_t kWorthCopying = 16;

// Tokens from the start that both have. Long prefixes are compared with many texts, so it goes by
// blocks as long as it can.
std::size_t shared_front(std::span<const TokenId> a, std::span<const TokenId> b) {
  constexpr std::size_t kBlock = 64;
  const std::size_t most = std::min(a.size(), b.size());
  std::size_t same = 0;
  while (same + kBlock <= most && std::memcmp(&a[same], &b[same], kBlock * sizeof(TokenId)) == 0) {
    same += kBlock;
  }
  while (same < most && a[same] == b[same]) ++same;
  return same;
}

std::size_t tokens_of(const std::optional<KvCache>& cache) {
  return cache ? static_cast<std::size_t>(cache->length()) : 0;
}

// A cache of its own with the first `length` tokens of `cache` and room for `capacity`.
KvCache copy_of(const KvCache& cache, int64_t length, int64_t capacity, const Decoder& decoder) {
  const c10::InferenceMode inference;
  KvCache copy(decoder.config, decoder.dtype(), capacity, decoder.device());
  for (int64_t layer = 0; layer < decoder.config.num_hidden_layers; ++layer) {
    copy.write(layer, cache.keys(layer, length).transpose(0, 1),
               cache.values(layer, length).transpose(0, 1));
  }
  copy.write_hidden(cache.hidden(0, length));
  copy.advance(length);
  return copy;
}

// The first of losses[begin, end) that is missing; the first token of a text never has one.
std::size_t first_missing(const std::vector<float>& losses, std::size_t begin, std::size_t end) {
  for (std::size_t i = std::max<std::size_t>(begin, 1); i < end; ++i) {
    if (std::isnan(losses[i])) return i;
  }
  return end;
}

}  // namespace

int64_t bytes_of_cached_token(const Decoder& decoder) {
  const KvCache one(decoder.config, decoder.dtype(), 1);
  const ModelConfig& config = decoder.config;
  auto bytes = static_cast<int64_t>(one.hidden(0, 1).nbytes());
  for (int64_t layer = 0; layer < config.num_hidden_layers; ++layer) {
    bytes += static_cast<int64_t>(one.keys(layer, 1).nbytes() + one.values(layer, 1).nbytes());
  }
  return bytes;
}

std::vector<std::vector<float>> PrefixStore::losses(std::span<const ScoreRequest> requests) {
  ++call_;
  std::vector<std::vector<float>> result(requests.size());
  std::vector<Wanted> open;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto& [history, next] = requests[i];
    Wanted wanted{i, {history.begin(), history.end()}, history.size()};
    wanted.ids.insert(wanted.ids.end(), next.begin(), next.end());
    open.push_back(std::move(wanted));
  }
  while (true) {
    std::erase_if(open, [&](const Wanted& one) { return answer(one, result[one.request]); });
    if (open.empty()) break;
    run(next_wave(open));
  }
  ++call_;
  forget(0);
  return result;
}

// Gives the losses when they are all known.
bool PrefixStore::answer(const Wanted& wanted, std::vector<float>& losses) {
  const std::size_t size = wanted.ids.size();
  for (Text& text : texts_) {
    if (shared_front(wanted.ids, text.ids) < size) continue;
    if (first_missing(text.losses, wanted.first_loss, size) < size) continue;
    const auto begin = text.losses.begin();
    losses.assign(begin + static_cast<std::ptrdiff_t>(wanted.first_loss),
                  begin + static_cast<std::ptrdiff_t>(size));
    text.used = call_;
    return true;
  }
  if (wanted.first_loss < size) return false;
  losses.clear();
  return true;
}

// Texts that can be run together: no two of them share much that has to be run, and there is room
// for them. The first one is always among them.
std::vector<const PrefixStore::Wanted*> PrefixStore::next_wave(const std::vector<Wanted>& open) {
  std::vector<const Wanted*> wave;
  int64_t bytes = 0;
  for (const Wanted& one : open) {
    const std::size_t known = source_of(one.ids).shared;
    const bool waits = std::any_of(wave.begin(), wave.end(), [&](const Wanted* other) {
      return shared_front(one.ids, other->ids) >= known + kWorthWaiting;
    });
    if (waits) continue;
    bytes += bytes_of(one.ids.size());
    if (!wave.empty() && bytes > limits_.cache_bytes) break;
    wave.push_back(&one);
  }
  return wave;
}

void PrefixStore::run(const std::vector<const Wanted*>& wave) {
  std::vector<Text> started = start(wave);
  std::vector<CachedText> texts;
  for (std::size_t i = 0; i < wave.size(); ++i) {
    Text& text = started[i];
    const auto first = first_missing(text.losses, wave[i]->first_loss, text.ids.size());
    texts.push_back({text.ids, &*text.cache, static_cast<int64_t>(first)});
  }
  const auto losses = score_texts(decoder_, texts);
  for (std::size_t i = 0; i < wave.size(); ++i) {
    Text& text = started[i];
    std::copy(losses[i].begin(), losses[i].end(),
              text.losses.begin() + static_cast<std::ptrdiff_t>(texts[i].first_loss));
    // What it has taken over whole.
    std::erase_if(texts_, [&](const Text& old) {
      return !old.cache && shared_front(old.ids, text.ids) == old.ids.size();
    });
    texts_.push_back(std::move(text));
  }
}

// The texts with what is known of them already.
std::vector<PrefixStore::Text> PrefixStore::start(const std::vector<const Wanted*>& wave) {
  std::vector<Source> sources;
  int64_t bytes = 0;
  for (const Wanted* one : wave) {
    sources.push_back(source_of(one->ids));
    if (sources.back().text != nullptr) sources.back().text->used = call_;
    bytes += bytes_of(one->ids.size());
  }
  forget(bytes);
  std::vector<Text> started;
  for (std::size_t i = 0; i < wave.size(); ++i) {
    started.push_back({wave[i]->ids, known_losses(wave[i]->ids), std::nullopt, call_});
    const auto later = sources.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    const bool others_need_it = std::any_of(
        later, sources.end(), [&](const Source& one) { return one.text == sources[i].text; });
    started[i].cache.emplace(take_cache(sources[i], wave[i]->ids.size(), others_need_it));
  }
  return started;
}

std::vector<float> PrefixStore::known_losses(std::span<const TokenId> ids) const {
  std::vector<float> losses(ids.size(), kNotScored);
  for (const Text& text : texts_) {
    const std::size_t shared = shared_front(ids, text.ids);
    for (std::size_t i = 0; i < shared; ++i) {
      if (std::isnan(losses[i])) losses[i] = text.losses[i];
    }
  }
  return losses;
}

PrefixStore::Source PrefixStore::source_of(std::span<const TokenId> ids) {
  Source best;
  for (Text& text : texts_) {
    const std::size_t shared = std::min(shared_front(ids, text.ids), tokens_of(text.cache));
    if (shared > best.shared) best = {&text, shared};
  }
  return best;
}

// Goes on with the source's own cache where most of it is of use and nobody else needs it; else
// with a copy, which leaves the source as it is.
KvCache PrefixStore::take_cache(const Source& source, std::size_t tokens, bool others_need_it) {
  const auto capacity = static_cast<int64_t>(tokens), shared = static_cast<int64_t>(source.shared);
  if (source.text != nullptr && !others_need_it && 2 * shared >= source.text->cache->length()) {
    KvCache cache = std::move(*source.text->cache);
    source.text->cache.reset();
    cache.truncate(shared);
    return cache;
  }
  if (source.shared < kWorthCopying) {
    return KvCache(decoder_.config, decoder_.dtype(), capacity, decoder_.device());
  }
  return copy_of(*source.text->cache, shared, capacity, decoder_);
}

int64_t PrefixStore::bytes_of(std::size_t tokens) const {
  return static_cast<int64_t>(tokens) * bytes_of_token_;
}

int64_t PrefixStore::cache_bytes() const {
  int64_t bytes = 0;
  for (const Text& text : texts_) bytes += bytes_of(tokens_of(text.cache));
  return bytes;
}

std::size_t PrefixStore::loss_tokens() const {
  std::size_t tokens = 0;
  for (const Text& text : texts_) tokens += text.ids.size();
  return tokens;
}

// Makes room for `cache_bytes` more and keeps to the limits, as far as the present call leaves it
// anything to forget.
void PrefixStore::forget(int64_t more_bytes) {
  int64_t bytes = cache_bytes() + more_bytes;
  std::size_t tokens = loss_tokens();
  texts_.sort([](const Text& a, const Text& b) { return a.used < b.used; });
  for (auto text = texts_.begin(); text != texts_.end();) {
    const bool too_much = bytes > limits_.cache_bytes, too_many = tokens > limits_.loss_tokens;
    if (text->used == call_ || (!too_much && !too_many)) break;
    if (too_much && text->cache) {
      bytes -= bytes_of(tokens_of(text->cache));
      text->cache.reset();
    }
    if (!too_many) {
      ++text;
      continue;
    }
    bytes -= bytes_of(tokens_of(text->cache));
    tokens -= text->ids.size();
    text = texts_.erase(text);
  }
}

}  // namespace lingua

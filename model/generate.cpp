#include "model/generate.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <random>

#include "model/scorer.h"
#include "support/interrupt.h"

namespace lingua {
namespace {

// An answer that is being written.
struct Stream {
  KvCache cache;
  std::mt19937_64 random;
  std::vector<TokenId> answer;
  bool ended = false;
};

// A number in [0, 1). std::uniform_real_distribution is not the same on all standard libraries.
double unit_draw(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

// logits: [V] float32.
TokenId next_token(const at::Tensor& logits, double temperature, std::mt19937_64& random) {
  if (temperature <= 0) return static_cast<TokenId>(logits.argmax().item<int64_t>());
  const auto sums = logits.div(temperature).softmax(-1).to(at::kDouble).cumsum(-1).contiguous();
  const double* begin = sums.const_data_ptr<double>();
  const double* end = begin + sums.numel();
  const double wanted = unit_draw(random) * *(end - 1);
  const auto found = std::upper_bound(begin, end, wanted);
  return static_cast<TokenId>(std::min(found, end - 1) - begin);
}

// Gives each of the streams its next token.
void choose_tokens(const Decoder& decoder, const std::vector<Stream*>& streams,
                   const GenerateOptions& options) {
  std::vector<at::Tensor> last;
  for (const Stream* stream : streams) {
    last.push_back(stream->cache.hidden(stream->cache.length() - 1, stream->cache.length()));
  }
  const auto logits = at::linear(at::cat(last, 0), decoder.head).to(at::kFloat);  // [streams, V]
  for (std::size_t i = 0; i < streams.size(); ++i) {
    Stream& stream = *streams[i];
    stream.answer.push_back(
        next_token(logits[static_cast<int64_t>(i)], options.temperature, stream.random));
  }
}

// Runs the last token of each of the streams.
void append_tokens(const Decoder& decoder, const std::vector<Stream*>& streams) {
  auto ids = at::empty({static_cast<int64_t>(streams.size())}, at::kLong);
  std::vector<Sequence> sequences;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    ids.mutable_data_ptr<int64_t>()[i] = streams[i]->answer.back();
    sequences.push_back({1, &streams[i]->cache});
  }
  forward(decoder, ids.to(decoder.device()), sequences);
}

}  // namespace

std::vector<std::vector<TokenId>> generate(const std::shared_ptr<const Decoder>& decoder,
                                           std::span<const std::vector<TokenId>> prompts,
                                           const GenerateOptions& options, const AnswerEnds& ends) {
  const c10::InferenceMode inference;
  const Scorer scorer(decoder);
  std::vector<Stream> streams;
  for (const auto& prompt : prompts) {
    scorer.require_room(static_cast<int64_t>(prompt.size()) + options.max_tokens);
    streams.push_back({scorer.new_cache(), std::mt19937_64(options.seed + streams.size()), {}});
    scorer.extend(prompt, streams.back().cache);
  }
  for (int64_t step = 0; step < options.max_tokens; ++step) {
    throw_if_interrupted();
    std::vector<Stream*> open;
    for (Stream& stream : streams) {
      if (!stream.ended) open.push_back(&stream);
    }
    if (open.empty()) break;
    if (step > 0) append_tokens(*decoder, open);
    choose_tokens(*decoder, open, options);
    for (Stream* stream : open) stream->ended = ends && ends(stream->answer);
  }
  std::vector<std::vector<TokenId>> answers;
  for (Stream& stream : streams) answers.push_back(std::move(stream.answer));
  return answers;
}

}  // namespace lingua

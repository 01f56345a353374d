#include "model/decoder.h"

#include <ATen/ATen.h>

#include "model/decoder_layer.h"
#include "model/layers.h"
#include "support/error.h"

namespace lingua {
namespace {

// Positions of the tokens of this pass: each sequence goes on where its cache ends.
std::vector<int64_t> positions_of(std::span<const Sequence> sequences) {
  std::vector<int64_t> positions;
  for (const Sequence& sequence : sequences) {
    const int64_t before = sequence.before();
    for (int64_t i = 0; i < sequence.length; ++i) positions.push_back(before + i);
  }
  return positions;
}

// Embedded tokens as the first layer takes them: scaled, and with learned positions added.
at::Tensor enter(const Decoder& decoder, const at::Tensor& embedded,
                 std::span<const int64_t> positions) {
  const ModelConfig& config = decoder.config;
  auto x = embedded;
  // The factor is rounded to the weights' type first, as the models were trained.
  if (config.embedding_scale != 1.0) {
    x = x * at::scalar_tensor(config.embedding_scale, x.options());
  }
  if (!config.learned_positions) return x;
  for (const int64_t position : positions) {
    if (position < config.max_position_embeddings) continue;
    throw Error(ErrorKind::kData, "a text has more tokens than the model has positions (" +
                                      std::to_string(config.max_position_embeddings) + ")");
  }
  const auto rows =
      at::tensor(at::ArrayRef<int64_t>(positions.data(), positions.size()), at::kLong);
  return x + decoder.positions.index_select(0, rows.to(x.device()));
}

void append_hidden(const at::Tensor& hidden, std::span<const Sequence> sequences) {
  int64_t begin = 0;
  for (const Sequence& sequence : sequences) {
    if (sequence.cache != nullptr) {
      sequence.cache->write_hidden(hidden.narrow(0, begin, sequence.length));
      sequence.cache->advance(sequence.length);
    }
    begin += sequence.length;
  }
}

}  // namespace

std::shared_ptr<const Decoder> with_window(const Decoder& decoder, const TokenWindow& window) {
  auto result = std::make_shared<Decoder>(decoder);
  result->window = window;
  return result;
}

at::Tensor forward(const Decoder& decoder, const at::Tensor& ids,
                   std::span<const Sequence> sequences) {
  return forward_embedded(decoder, decoder.embedding.index_select(0, ids), sequences);
}

at::Tensor forward_embedded(const Decoder& decoder, const at::Tensor& embedded,
                            std::span<const Sequence> sequences, const ForwardOptions& options) {
  const ModelConfig& config = decoder.config;
  for (const Sequence& sequence : sequences) {
    if (sequence.cache != nullptr) sequence.cache->reserve(sequence.length);
  }
  const auto positions = positions_of(sequences);
  const auto tables = rotary_tables(config, positions, embedded.device());
  auto x = enter(decoder, embedded, positions);  // [T, H]
  for (int64_t layer = 0; layer < config.num_hidden_layers; ++layer) {
    x = options.recompute ? recomputed_layer_forward(decoder, layer, x, tables, sequences, options)
                          : layer_forward(decoder, layer, x, tables, sequences, options);
  }
  const auto hidden = normalize(config, decoder.final_norm, x);
  append_hidden(hidden, sequences);
  return hidden;
}

}  // namespace lingua

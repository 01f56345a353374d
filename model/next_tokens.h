#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "model/decoder.h"
#include "model/token_mass.h"

namespace lingua {

// What a model expects to come next. All without gradients.

// Its hidden states at rows of packed sequences, [N, H], in its dtype. ids: [T] int64; lengths: of
// the sequences, their sum is T; rows: [N] int64.
at::Tensor hidden_rows(const Decoder& decoder, const at::Tensor& ids,
                       std::span<const int64_t> lengths, const at::Tensor& rows);

// ln softmax(logits / temperature) at hidden states [N, H], [N, vocab] float32. A head of more rows
// than `vocab` (files pad their vocabularies) is cut, of fewer filled up with "never".
at::Tensor next_log_probabilities(const at::Tensor& hidden, const at::Tensor& head, int64_t vocab,
                                  double temperature);

// The 64 most likely tokens at each of the hidden states [N, H], by falling mass of
// softmax(logits / temperature).
std::vector<std::vector<TokenMass>> likely_tokens(const at::Tensor& hidden, const at::Tensor& head,
                                                  double temperature);

}  // namespace lingua

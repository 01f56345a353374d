#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/config.h"
#include "model/kv_cache.h"
#include "model/tensor_map.h"

namespace lingua {

// A low-rank addition to some rows of a projection (LoRA, arXiv 2106.09685):
// y[:, first_row ...] += scale * (x a^T) b^T.
struct LowRank {
  at::Tensor a;           // [r, in]
  at::Tensor b;           // [rows, r]
  int64_t first_row = 0;  // of the projection's output
  double scale = 1.0;     // alpha / r
};

struct Int8Weight;  // model/int8_weight.h

// y = x weight^T + bias + adapters.
struct Projection {
  at::Tensor weight;  // [out, in]
  at::Tensor bias;    // [out]; undefined where there is none
  std::vector<LowRank> adapters;
  // The weight and its transpose once more, as tile_linear() reads them; undefined: not laid out.
  at::Tensor tiles;
  at::Tensor transposed_tiles;
  std::shared_ptr<const Int8Weight> int8;  // the weight once more in 8 bits; or null
};

// Scale and, in a LayerNorm, bias of a norm over the last dimension; undefined where the
// configuration has no such norm.
struct Norm {
  at::Tensor weight;
  at::Tensor bias;
};

struct LayerWeights {
  Norm input_norm;      // [H]
  Projection qkv;       // [(Hq + 2 Hkv) D, H], query rows first, then key, then value
  Norm query_norm;      // [D]
  Norm key_norm;        // [D]
  Projection output;    // [H, Hq D]
  Norm attention_norm;  // [H], after attention (sandwich_norm)
  Norm post_norm;       // [H], before the MLP
  Projection gate_up;   // [2 F, H], gate rows first; [F, H] where the MLP is not gated
  Projection down;      // [H, F]
  Norm mlp_norm;        // [H], after the MLP (sandwich_norm)
};

// Which tokens of its sequence a token sees.
struct TokenWindow {
  int64_t recent = 0;  // so many before and with itself; 0: all
  int64_t front = 0;   // the first ones besides, which models park attention at (arXiv 2309.17453)
};

// The decoder's weights, laid out for running: projections that share an input are one matrix.
struct Decoder {
  ModelConfig config;
  TokenWindow window;    // what scoring makes of a long text; narrower ones of `config` hold too
  at::Tensor embedding;  // [V, H]
  at::Tensor positions;  // [P, H] where positions are learned, else undefined
  std::vector<LayerWeights> layers;
  Norm final_norm;  // [H]
  at::Tensor head;  // [V, H]; the same tensor as `embedding` when tied
  // The head and its transpose once more, as tile_losses() and tile_linear() read them; undefined:
  // not laid out.
  at::Tensor head_tiles, transposed_head_tiles;

  at::ScalarType dtype() const { return embedding.scalar_type(); }
  at::Device device() const { return embedding.device(); }
};

// Lays out weights named as Hugging Face names them, in `dtype` (kFloat or kBFloat16) on `device`.
// Throws Error(kModel) naming a tensor that is missing or whose shape does not fit, and `where`.
Decoder make_decoder(const ModelConfig& config, const TensorMap& weights, at::ScalarType dtype,
                     const std::string& where, const at::Device& device = at::kCPU);

// The same weights, of which tokens see so much.
std::shared_ptr<const Decoder> with_window(const Decoder& decoder, const TokenWindow& window);

// The way back: fused matrices split, Hugging Face names, views where possible. A tied head is
// not listed.
TensorMap named_weights(const Decoder& decoder);

// Every weight of the decoder under a name of its own ("layers.3.qkv"), in a fixed order; a tied
// head and adapters are not listed. Lets training and checkpoints walk over them and replace them.
struct WeightSlot {
  std::string name;
  at::Tensor* tensor;
};
std::vector<WeightSlot> weight_slots(Decoder& decoder);

// The same for the adapters of all projections ("layers.3.qkv.0.a").
std::vector<WeightSlot> adapter_slots(Decoder& decoder);

// One of the sequences that are laid end to end in a forward pass.
struct Sequence {
  int64_t length = 0;               // tokens of this pass
  KvCache* cache = nullptr;         // what came before; appended to. Null: nothing is kept
  const KvCache* prefix = nullptr;  // what came before, only read; sequences may share it. Used
                                    // where `cache` is null

  // Tokens that came before this pass.
  int64_t before() const {
    const KvCache* past = cache != nullptr ? cache : prefix;
    return past == nullptr ? 0 : past->length();
  }
};

// Runs `ids` ([T] int64, the sequences end to end, T = sum of lengths) and returns the hidden
// states after the last norm, [T, H]. Each sequence sees itself and its cache, nothing else, with
// positions counted from its cache's length. Differentiable where no cache and no prefix is given.
at::Tensor forward(const Decoder& decoder, const at::Tensor& ids,
                   std::span<const Sequence> sequences);

// What training changes about a forward pass.
struct ForwardOptions {
  // Keeps a layer's input only and computes the layer again in the backward pass.
  bool recompute = false;
  // Share of an adapter's inputs that are zeroed, [0, 1).
  double adapter_dropout = 0;
  // Which inputs: the same seed zeroes the same ones, in a recomputation too.
  uint64_t dropout_seed = 0;
};

// The same from embedded tokens x ([T, H]) on, for callers that need the gradient at x.
at::Tensor forward_embedded(const Decoder& decoder, const at::Tensor& x,
                            std::span<const Sequence> sequences,
                            const ForwardOptions& options = {});

}  // namespace lingua

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <torch/torch.h>

#include <cmath>

#include "model/attention.h"
#include "model/scorer.h"
#include "model/tensor_data.h"
#include "model/tile_attention.h"
#include "model/tile_kernels.h"
#include "model/tile_linear.h"
#include "tests/tiny_model.h"

namespace lingua {
namespace {

// A product of random factors beside libtorch's, for sizes that leave odd blocks.
template <class T>
void expect_product(tiles::Product<T> product, at::ScalarType dtype) {
  for (const auto& [m, n, k] : {std::tuple{16, 32, 32}, {48, 96, 64}, {64, 256, 96}}) {
    const auto a = at::randn({m, k}, dtype), b = at::randn({k, n}, dtype);
    auto c = at::randn({m, n});
    const auto expected = c + at::matmul(a.to(at::kDouble), b.to(at::kDouble));
    const auto packed = at::empty({tiles::packed_size(k, n)}, dtype);
    tiles::pack(elements<T>(b), n, k, n, elements<T>(packed));
    const tiles::Packed<T> right{elements<T>(packed), k * tiles::kPanel};
    product({elements<T>(a), k}, right, {elements<float>(c), n}, {m, n, k}, true);
    EXPECT_TRUE(at::allclose(c.to(at::kDouble), expected, 1e-5, 1e-4)) << m << " " << n << " " << k;
    const auto columns = b.t().contiguous();
    tiles::pack_transposed(elements<T>(columns), k, n, k, elements<T>(packed));
    product({elements<T>(a), k}, right, {elements<float>(c), n}, {m, n, k}, false);
    EXPECT_TRUE(at::allclose(c, at::matmul(a.to(at::kFloat), b.to(at::kFloat)), 1e-5, 1e-4));
  }
}

#if LINGUA_TILES
TEST(TileProduct, EveryInstructionSetOfThisProcessor) {
  if (__builtin_cpu_supports("avx2")) expect_product<float>(tiles::product_avx2, at::kFloat);
  if (__builtin_cpu_supports("avx512dq")) expect_product<float>(tiles::product_avx512, at::kFloat);
  if (__builtin_cpu_supports("avx512bf16")) {
    expect_product<kernels::Bf16>(tiles::product_avx512_bf16, at::kBFloat16);
  }
  if (tiles::product<kernels::Bf16>() == tiles::product_amx) {
    expect_product<kernels::Bf16>(tiles::product_amx, at::kBFloat16);
  }
}
#endif

constexpr at::ScalarType kTypes[] = {at::kFloat, at::kBFloat16};

// Rounding to bfloat16 is 2^-9 of a value.
constexpr double kRounding = 1e-2;
double tolerance(at::ScalarType dtype) { return dtype == at::kFloat ? 2e-5 : kRounding; }

struct AttentionCase {
  const char* what;
  std::vector<int64_t> lengths;
  int64_t before = 0;  // tokens in a cache or prefix
  bool shared = false;
  int64_t window = 0;
  int64_t head_dim = 64;
  int64_t front = 0;  // tokens that are seen beside the window
};

ModelConfig attention_config(const AttentionCase& c) {
  auto config = testing::tiny_config();
  config.num_hidden_layers = 1;
  config.head_dim = c.head_dim;
  config.learned_positions = true;  // nothing is rotated
  config.sliding_window = c.front > 0 ? 0 : c.window;
  config.global_every = 2;
  return config;
}

Decoder decoder_for(const AttentionCase& c) {
  Decoder decoder;
  decoder.config = attention_config(c);
  if (c.front > 0) decoder.window = {c.window, c.front};
  return decoder;
}

TEST(TileAttention, GivesWhatLibtorchsAttentionGives) {
  const AttentionCase cases[] = {
      {"one", {1}},
      {"several blocks", {700}},
      {"packed", {3, 300, 40}},
      {"after a cache", {150}, 333},
      {"one after a cache", {1}, 600},
      {"sharing a prefix", {20, 130, 1}, 290, true},
      {"in a window", {500}, 0, false, 70},
      {"in a window after a cache", {90}, 400, false, 70},
      {"in a window after a prefix", {90, 30}, 400, true, 300},
      {"in a window and at the front", {500}, 0, false, 70, 64, 30},
      {"at a front of more than a block, after a cache", {90}, 700, false, 70, 64, 300},
      {"at a front that ends behind the prefix", {90, 400}, 100, true, 70, 64, 150},
      {"in a window that the front reaches into", {300}, 40, false, 200, 64, 120},
      {"of narrow heads", {300}, 10, false, 0, 4},
      {"of wide heads", {80}, 0, false, 0, 96},
  };
  for (const auto dtype : kTypes) {
    for (const AttentionCase& c : cases) {
      at::manual_seed(3);
      const Decoder decoder = decoder_for(c);
      KvCache fast_cache(decoder.config, dtype, 2000), plain_cache(decoder.config, dtype, 2000);
      const auto past = at::randn({2, c.before, 2, c.head_dim}, dtype);
      for (KvCache* cache : {&fast_cache, &plain_cache}) {
        cache->write(0, past[0], past[1]);
        cache->advance(c.before);
      }
      int64_t total = 0;
      std::vector<Sequence> fast, plain;
      for (const int64_t length : c.lengths) {
        total += length;
        const bool owned = c.before > 0 && !c.shared;
        fast.push_back({length, owned ? &fast_cache : nullptr, c.shared ? &fast_cache : nullptr});
        plain.push_back(
            {length, owned ? &plain_cache : nullptr, c.shared ? &plain_cache : nullptr});
      }
      const auto qkv = at::randn({total, decoder.config.qkv_size()}, dtype);
      const auto expected = attention(decoder, 0, qkv, {}, plain);
      const c10::InferenceMode inference;
      const auto actual = attention(decoder, 0, qkv, {}, fast);
      EXPECT_TRUE(at::allclose(actual, expected, tolerance(dtype), tolerance(dtype)))
          << c.what << " " << (actual - expected).abs().max().item<float>();
    }
  }
}

// The attention of the last of 500 tokens where key and value of one of them are others.
at::Tensor attention_of_the_last(const Decoder& decoder, const at::Tensor& qkv, int64_t changed) {
  const Sequence sequence{qkv.size(0)};
  const int64_t queries = decoder.config.num_attention_heads * decoder.config.head_dim;
  auto other = qkv.clone();
  if (changed >= 0) other[changed].slice(0, queries).mul_(-1);
  return attention(decoder, 0, other, {}, {&sequence, 1})[-1];
}

TEST(TileAttention, AWindowHidesWhatLiesBetweenItAndTheFront) {
  const Decoder decoder = decoder_for({"", {}, 0, false, 70, 64, 30});
  for (const bool fast : {true, false}) {
    const c10::InferenceMode inference(fast);
    at::manual_seed(4);
    const auto qkv = at::randn({500, decoder.config.qkv_size()});
    const auto unchanged = attention_of_the_last(decoder, qkv, -1);
    const auto sees = [&](int64_t token) {
      return !at::equal(attention_of_the_last(decoder, qkv, token), unchanged);
    };
    for (const int64_t token : {0, 29, 430, 499}) EXPECT_TRUE(sees(token)) << fast << ' ' << token;
    for (const int64_t token : {30, 300, 429}) EXPECT_FALSE(sees(token)) << fast << ' ' << token;
  }
}

TEST(TileLinear, GivesWhatLinearGives) {
  const c10::InferenceMode inference;
  const auto weight = at::randn({345, 96}, at::kBFloat16), bias = at::randn({345}, at::kBFloat16);
  const auto tiles = weight_tiles(weight);
  if (!tiles.defined()) GTEST_SKIP() << "no fast product of bfloat16 on this processor";
  for (const int64_t rows : {1, 16, 64, 150}) {
    const auto x = at::randn({rows, 96}, at::kBFloat16),
               added = at::randn({rows, 345}, at::kBFloat16);
    EXPECT_TRUE(at::allclose(tile_linear({{x, tiles}}, bias, added, 345),
                             at::linear(x, weight, bias) + added, kRounding, 4 * kRounding))
        << rows;
    EXPECT_TRUE(at::allclose(tile_linear({{x, tiles}}, {}, {}, 345), at::linear(x, weight),
                             kRounding, 4 * kRounding))
        << rows;
  }
}

TEST(TileLinear, GatesAsSwigluDoes) {
  const c10::InferenceMode inference;
  const auto weight = at::randn({2 * 336, 96}, at::kBFloat16) * 0.1;
  const auto tiles = weight_tiles(weight);
  if (!tiles.defined()) GTEST_SKIP() << "no fast product of bfloat16 on this processor";
  for (const int64_t rows : {1, 70}) {
    const auto x = at::randn({rows, 96}, at::kBFloat16);
    const auto halves = at::linear(x, weight).chunk(2, -1);
    EXPECT_TRUE(at::allclose(tile_swiglu(x, tiles, 336), at::silu(halves[0]) * halves[1],
                             2 * kRounding, 2 * kRounding))
        << rows;
  }
}

// Columns are taken in pairs of panels: the last pair of 336, which begins at a panel of odd number
// in the second half, ends one panel after the weight.
TEST(TileLinear, GatesReadNothingBehindTheWeight) {
  const c10::InferenceMode inference;
  const auto tiles = weight_tiles(at::randn({2 * 336, 64}, at::kBFloat16));
  if (!tiles.defined()) GTEST_SKIP() << "no fast product of bfloat16 on this processor";
  constexpr std::size_t kPage = 4096;
  const std::size_t size = (tiles.nbytes() + kPage - 1) / kPage * kPage;
  auto* const begin = static_cast<char*>(
      ::mmap(nullptr, size + kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(begin, MAP_FAILED);
  ASSERT_EQ(::mprotect(begin + size, kPage, PROT_NONE), 0);
  const auto guarded =
      at::from_blob(begin + size - tiles.nbytes(), tiles.sizes(), tiles.options()).copy_(tiles);
  const auto x = at::randn({70, 64}, at::kBFloat16);
  EXPECT_TRUE(at::equal(tile_swiglu(x, guarded, 336), tile_swiglu(x, tiles, 336)));
  ::munmap(begin, size + kPage);
}

// Deeper than a step of the finished products, and with rows at multiples of a page; two terms.
TEST(TileLinear, SumsDeepProductsInSteps) {
  const c10::InferenceMode inference;
  for (const int64_t depth : {1536, 4096}) {
    const auto weight =
        at::randn({345, depth}, at::kBFloat16) / std::sqrt(static_cast<double>(depth));
    const auto second = at::randn({345, 64}, at::kBFloat16) / 8;
    const auto tiles = weight_tiles(weight), second_tiles = weight_tiles(second);
    if (!tiles.defined()) GTEST_SKIP() << "no fast product of bfloat16 on this processor";
    for (const int64_t rows : {5, 300}) {
      const auto x = at::randn({rows, depth}, at::kBFloat16),
                 z = at::randn({rows, 64}, at::kBFloat16);
      const auto added = at::randn({rows, 345}, at::kBFloat16);
      const auto expected = at::linear(x, weight) + at::linear(z, second) + added;
      EXPECT_TRUE(at::allclose(tile_linear({{x, tiles}, {z, second_tiles}}, {}, added, 345),
                               expected, kRounding, 4 * kRounding))
          << depth << " " << rows;
    }
  }
}

TEST(TileLinear, LeavesSizesThatDoNotSuitIt) {
  EXPECT_FALSE(weight_tiles(at::zeros({64, 24})).defined());
}

TEST(TileLosses, AreThoseOfWholeLogits) {
  const c10::InferenceMode inference;
  if (tiles::product<float>() == nullptr) GTEST_SKIP() << "the processor has no AVX2";
  for (const auto dtype : kTypes) {
    const auto head = at::randn({1301, 64}, dtype);
    const auto tiles = weight_tiles(head);
    if (!tiles.defined()) continue;  // bfloat16 without its instructions
    for (const int64_t rows : {1, 64, 100}) {
      const auto hidden = at::randn({rows, 64}, dtype);
      const auto targets = at::arange(rows, at::kLong) * 997 % 1301;
      const auto log_p = at::linear(hidden.to(at::kFloat), head.to(at::kFloat)).log_softmax(-1);
      const auto expected = -log_p.gather(1, targets.unsqueeze(1)).squeeze(1);
      EXPECT_TRUE(at::allclose(tile_losses(hidden, tiles, 1301, targets), expected, 1e-5, 1e-4))
          << rows;
    }
  }
}

}  // namespace
}  // namespace lingua

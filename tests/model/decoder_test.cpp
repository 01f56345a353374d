#include "model/decoder.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "model/rotary.h"
#include "support/error.h"
#include "tests/tiny_model.h"

namespace lingua {
namespace {

using testing::tiny_config;
using testing::tiny_decoder;
using testing::tiny_family_config;
using testing::tiny_weights;

// One token after another with plain matrix products, straight from the weights' definition.
at::Tensor plain_forward(const ModelConfig& c, const TensorMap& w, const at::Tensor& ids) {
  const int64_t count = ids.size(0), groups = c.num_attention_heads / c.num_key_value_heads;
  std::vector<int64_t> positions;
  for (int64_t i = 0; i < count; ++i) positions.push_back(i);
  const auto table = rotary_table(c.head_dim, c.rope_theta, positions);
  const auto norm = [&](const at::Tensor& x, const std::string& name) {
    return x * at::rsqrt(x.square().mean(-1, true) + c.rms_norm_eps) * w.at(name);
  };
  const auto turn = [&](const at::Tensor& x) {
    const auto halves = x.chunk(2, -1);
    const auto cosine = table.cosine.unsqueeze(1), sine = table.sine.unsqueeze(1);
    return at::cat({halves[0] * cosine - halves[1] * sine, halves[1] * cosine + halves[0] * sine},
                   -1);
  };
  const auto future = at::ones({count, count}, at::kBool).triu(1);
  auto x = w.at("model.embed_tokens.weight").index_select(0, ids);
  for (int64_t layer = 0; layer < c.num_hidden_layers; ++layer) {
    const std::string p = "model.layers." + std::to_string(layer) + ".";
    const auto n = norm(x, p + "input_layernorm.weight");
    const auto heads = [&](const std::string& name, int64_t number) {
      return at::matmul(n, w.at(p + "self_attn." + name + ".weight").t())
          .view({count, number, c.head_dim});
    };
    const auto q = turn(heads("q_proj", c.num_attention_heads)).transpose(0, 1);
    const auto k = turn(heads("k_proj", c.num_key_value_heads)).repeat_interleave(groups, 1);
    const auto v = heads("v_proj", c.num_key_value_heads).repeat_interleave(groups, 1);
    auto scores = at::matmul(q, k.permute({1, 2, 0})) / std::sqrt(c.head_dim);  // [Hq, T, T]
    scores = scores.masked_fill(future, -std::numeric_limits<float>::infinity()).softmax(-1);
    const auto mixed = at::matmul(scores, v.transpose(0, 1)).transpose(0, 1);  // [T, Hq, D]
    x = x + at::matmul(mixed.reshape({count, -1}), w.at(p + "self_attn.o_proj.weight").t());
    const auto m = norm(x, p + "post_attention_layernorm.weight");
    const auto gate = at::silu(at::matmul(m, w.at(p + "mlp.gate_proj.weight").t()));
    const auto up = at::matmul(m, w.at(p + "mlp.up_proj.weight").t());
    x = x + at::matmul(gate * up, w.at(p + "mlp.down_proj.weight").t());
  }
  return norm(x, "model.norm.weight");
}

const auto kIds = at::tensor({5, 17, 3, 88, 41, 41, 9, 60, 2, 33, 71}, at::kLong);

at::Tensor run(const Decoder& decoder, const at::Tensor& ids) {
  const Sequence sequence{ids.size(0), nullptr};
  return forward(decoder, ids, {&sequence, 1});
}

TEST(Decoder, AgreesWithThePlainFormulation) {
  const auto config = tiny_config();
  const auto weights = tiny_weights(config);
  EXPECT_TRUE(at::allclose(run(make_decoder(config, weights, at::kFloat, "tiny"), kIds),
                           plain_forward(config, weights, kIds), 1e-4, 1e-5));
}

TEST(Decoder, CachedPiecesGiveWhatOnePassGives) {
  const auto decoder = tiny_decoder();
  const auto whole = run(decoder, kIds);
  for (const int64_t cut : {1, 4, 10}) {
    KvCache cache(decoder.config, at::kFloat, 2);  // has to grow
    const Sequence first{cut, &cache}, second{kIds.size(0) - cut, &cache};
    const auto a = forward(decoder, kIds.narrow(0, 0, cut), {&first, 1});
    const auto b = forward(decoder, kIds.narrow(0, cut, kIds.size(0) - cut), {&second, 1});
    EXPECT_TRUE(at::allclose(at::cat({a, b}), whole, 1e-4, 1e-5)) << "cut at " << cut;
    EXPECT_TRUE(at::allclose(cache.hidden(0, kIds.size(0)), whole, 1e-4, 1e-5));
  }
}

TEST(Decoder, ACutCacheTakesAnotherContinuation) {
  const auto decoder = tiny_decoder();
  KvCache cache(decoder.config, at::kFloat);
  const Sequence all{kIds.size(0), &cache};
  forward(decoder, kIds, {&all, 1});
  cache.truncate(4);
  const auto other = at::tensor({70, 12, 8}, at::kLong);
  const Sequence more{3, &cache};
  const auto continued = forward(decoder, other, {&more, 1});
  const auto fresh = run(decoder, at::cat({kIds.narrow(0, 0, 4), other}));
  EXPECT_TRUE(at::allclose(continued, fresh.narrow(0, 4, 3), 1e-4, 1e-5));
}

TEST(Decoder, SequencesLaidEndToEndDoNotSeeEachOther) {
  const auto decoder = tiny_decoder();
  const Sequence sequences[] = {{4, nullptr}, {7, nullptr}};
  const auto packed = forward(decoder, kIds, sequences);
  EXPECT_TRUE(at::allclose(packed.narrow(0, 0, 4), run(decoder, kIds.narrow(0, 0, 4)), 1e-4, 1e-5));
  EXPECT_TRUE(at::allclose(packed.narrow(0, 4, 7), run(decoder, kIds.narrow(0, 4, 7)), 1e-4, 1e-5));
}

TEST(Decoder, NamedWeightsAreTheWayBack) {
  for (const bool tied : {true, false}) {
    const auto config = tiny_config(tied);
    const auto weights = tiny_weights(config);
    const auto back = named_weights(make_decoder(config, weights, at::kFloat, "tiny"));
    ASSERT_EQ(back.size(), weights.size());
    for (const auto& [name, tensor] : weights)
      EXPECT_TRUE(at::equal(back.at(name), tensor)) << name;
  }
}

constexpr Family kFamilies[] = {Family::kLlama, Family::kQwen2, Family::kQwen3, Family::kGpt2,
                                Family::kGemma3};

Decoder family_decoder(Family family) {
  const auto config = tiny_family_config(family);
  return make_decoder(config, tiny_weights(config), at::kFloat, "tiny");
}

TEST(Decoder, EveryFamilyGoesOnFromItsCache) {
  for (const Family family : kFamilies) {
    const auto decoder = family_decoder(family);
    const auto whole = run(decoder, kIds);
    for (const int64_t cut : {1, 2, 7}) {
      KvCache cache(decoder.config, at::kFloat, 2);
      const Sequence first{cut, &cache}, second{kIds.size(0) - cut, &cache};
      const auto a = forward(decoder, kIds.narrow(0, 0, cut), {&first, 1});
      const auto b = forward(decoder, kIds.narrow(0, cut, kIds.size(0) - cut), {&second, 1});
      EXPECT_TRUE(at::allclose(at::cat({a, b}), whole, 1e-4, 1e-5))
          << family_names(family).model_type << " cut at " << cut;
    }
  }
}

TEST(Decoder, EveryFamilysSequencesCanShareAPrefix) {
  for (const Family family : kFamilies) {
    const auto decoder = family_decoder(family);
    const auto name = family_names(family).model_type;
    KvCache prefix(decoder.config, at::kFloat);
    const Sequence first{5, &prefix};
    forward(decoder, kIds.narrow(0, 0, 5), {&first, 1});
    const auto other = at::tensor({70, 12, 8, 5}, at::kLong);
    const Sequence both[] = {{6, nullptr, &prefix}, {4, nullptr, &prefix}};
    const auto after = forward(decoder, at::cat({kIds.narrow(0, 5, 6), other}), both);
    const auto one = run(decoder, kIds).narrow(0, 5, 6);
    const auto two = run(decoder, at::cat({kIds.narrow(0, 0, 5), other})).narrow(0, 5, 4);
    EXPECT_TRUE(at::allclose(after, at::cat({one, two}), 1e-4, 1e-5)) << name;
    EXPECT_EQ(prefix.length(), 5) << name;
  }
}

TEST(Decoder, EveryFamilyKeepsSequencesApart) {
  for (const Family family : kFamilies) {
    const auto decoder = family_decoder(family);
    const Sequence sequences[] = {{4, nullptr}, {7, nullptr}};
    const auto packed = forward(decoder, kIds, sequences);
    const auto apart =
        at::cat({run(decoder, kIds.narrow(0, 0, 4)), run(decoder, kIds.narrow(0, 4, 7))});
    EXPECT_TRUE(at::allclose(packed, apart, 1e-4, 1e-5)) << family_names(family).model_type;
  }
}

TEST(Decoder, EveryFamilysNamedWeightsAreTheWayBack) {
  for (const Family family : kFamilies) {
    const auto config = tiny_family_config(family);
    const auto weights = tiny_weights(config);
    const auto back = named_weights(make_decoder(config, weights, at::kFloat, "tiny"));
    ASSERT_EQ(back.size(), weights.size());
    for (const auto& [name, tensor] : weights)
      EXPECT_TRUE(at::equal(back.at(name), tensor)) << name;
  }
}

// With all layers local, what lies as many windows back as there are layers cannot be seen.
TEST(Decoder, ALocalLayerSeesItsWindowOnly) {
  auto config = tiny_family_config(Family::kGemma3);
  config.global_every = 3;
  const auto decoder = make_decoder(config, tiny_weights(config), at::kFloat, "tiny");
  auto changed = kIds.clone();
  changed[0] = 96;
  const auto before = run(decoder, kIds), after = run(decoder, changed);
  EXPECT_FALSE(at::allclose(before[4], after[4], 1e-4, 1e-5));  // two layers of window 3
  EXPECT_TRUE(at::equal(before[5], after[5]));
}

TEST(Decoder, NamesATextBeyondTheLearnedPositions) {
  const auto decoder = family_decoder(Family::kGpt2);
  try {
    run(decoder, at::zeros({65}, at::kLong));
    FAIL() << "a text of 65 tokens passed";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    EXPECT_STREQ(error.what(), "a text has more tokens than the model has positions (64)");
  }
}

TEST(Decoder, AdaptersAddToTheirRows) {
  const auto config = tiny_config();
  auto weights = tiny_weights(config);
  auto decoder = make_decoder(config, weights, at::kFloat, "tiny");
  const int64_t q = config.num_attention_heads * config.head_dim;
  const auto a = at::randn({2, config.hidden_size}), b = at::randn({8, 2});
  decoder.layers[1].qkv.adapters.push_back({a, b, q, 0.5});  // the key rows
  weights["model.layers.1.self_attn.k_proj.weight"] += 0.5 * at::matmul(b, a);
  const auto merged = make_decoder(config, weights, at::kFloat, "tiny");
  EXPECT_TRUE(at::allclose(run(decoder, kIds), run(merged, kIds), 1e-4, 1e-5));
}

TEST(Decoder, NamesAMissingTensor) {
  const auto config = tiny_config();
  auto weights = tiny_weights(config);
  weights.erase("model.layers.1.mlp.down_proj.weight");
  try {
    make_decoder(config, weights, at::kFloat, "some/file");
    FAIL() << "a missing tensor passed";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kModel);
    EXPECT_STREQ(error.what(),
                 "some/file: the tensor model.layers.1.mlp.down_proj.weight is missing");
  }
}

TEST(Decoder, NamesAShapeThatDoesNotFit) {
  const auto config = tiny_config();
  auto weights = tiny_weights(config);
  weights["model.norm.weight"] = at::ones({25});
  try {
    make_decoder(config, weights, at::kFloat, "some/file");
    FAIL() << "a wrong shape passed";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "some/file: the tensor model.norm.weight has shape [25], the configuration asks "
                 "for [24]");
  }
}

}  // namespace
}  // namespace lingua

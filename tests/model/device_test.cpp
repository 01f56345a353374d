#include "model/device.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <memory>
#include <vector>

#include "model/scorer.h"
#include "model/scoring_pass.h"
#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/model/stand_in_device.h"
#include "tests/tiny_model.h"

namespace lingua {
namespace {

TEST(Device, NamesThatAreNoneAreRefused) {
  for (const char* name :
       {"", "gpu", "tpu", "cuda:", "cuda:x", "cuda:-1", "cuda:1x", "cuda:1000"}) {
    const auto error = error_of([&] { validate_device_name(name); });
    ASSERT_TRUE(error) << name;
    EXPECT_EQ(error->kind(), ErrorKind::kUsage);
    EXPECT_TRUE(contains(error->what(), "is not known")) << name;
    EXPECT_EQ(error->hint(), "choose cpu, cuda or cuda:N, the GPU of that number");
  }
  for (const char* name : {"cpu", "cuda", "cuda:0", "cuda:7"}) validate_device_name(name);
}

TEST(Device, TheProcessorIsAlwaysThere) { EXPECT_EQ(choose_device("cpu"), at::Device(at::kCPU)); }

TEST(Device, AGpuThatIsNotThereIsAnErrorThatSaysWhy) {
  if (at::hasCUDA()) {
    EXPECT_EQ(choose_device("cuda"), at::Device(at::kCUDA, 0));
  }
  const auto error = error_of([] { choose_device("cuda:100"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kUsage);
  EXPECT_TRUE(
      contains(error->what(), at::Context::hasCUDART()
                                  ? "--device cuda:100: libtorch finds "
                                  : "--device cuda:100: this libtorch was built without CUDA"));
  EXPECT_FALSE(error->hint().empty());
}

std::vector<TokenId> some_ids() {
  std::vector<TokenId> ids;
  for (int i = 0; i < 40; ++i) ids.push_back(static_cast<TokenId>(i * 7 % 20));
  return ids;
}

Decoder tiny_decoder(at::ScalarType dtype, const at::Device& device) {
  const auto config = testing::tiny_config();
  return make_decoder(config, testing::tiny_weights(config), dtype, "tiny", device);
}

at::Tensor losses_on(const at::Device& device, at::ScalarType dtype) {
  const Scorer scorer(std::make_shared<Decoder>(tiny_decoder(dtype, device)));
  const auto ids = some_ids();
  auto cache = scorer.new_cache();
  auto losses = scorer.score(std::span(ids).first(25), cache);
  const auto rest = scorer.score(std::span(ids).subspan(25), cache);
  losses.insert(losses.end(), rest.begin(), rest.end());
  losses.erase(losses.begin());  // nothing predicts the first
  return at::tensor(losses);
}

void expect_the_processors_losses(const at::Device& device) {
  const auto exact = losses_on(at::kCPU, at::kFloat);
  EXPECT_TRUE(at::allclose(losses_on(device, at::kFloat), exact, 1e-4, 1e-4));
  EXPECT_TRUE(at::allclose(losses_on(device, at::kBFloat16), exact, 0.05, 0.05));
}

TEST(Device, WhatTakesThePlaceOfTheProcessorsKernelsGivesTheSameLosses) {
  expect_the_processors_losses(stand_in_device());
}

// d (hidden states weighted by `pull`) / d (embedded tokens), on the processor.
at::Tensor gradient_on(const at::Device& device, at::ScalarType dtype) {
  const auto decoder = tiny_decoder(dtype, device);
  const auto ids = some_ids();
  const auto embedded =
      decoder.embedding.index_select(0, to_tensor(ids, device)).detach().requires_grad_();
  const Sequence sequences[] = {{.length = 25}, {.length = static_cast<int64_t>(ids.size()) - 25}};
  const auto hidden = forward_embedded(decoder, embedded, sequences);
  at::manual_seed(1);
  const auto pull = at::randn(hidden.sizes()).to(dtype).to(device);
  return torch::autograd::grad({hidden}, {embedded}, {pull})[0].cpu().to(at::kFloat);
}

void expect_the_processors_gradients(const at::Device& device) {
  const auto exact = gradient_on(at::kCPU, at::kFloat);
  const auto error = [&](at::ScalarType dtype) {
    return ((gradient_on(device, dtype) - exact).norm() / exact.norm()).item<float>();
  };
  EXPECT_LT(error(at::kFloat), 1e-5);
  EXPECT_LT(error(at::kBFloat16), 0.05);
}

TEST(Device, SoDoGradients) { expect_the_processors_gradients(stand_in_device()); }

TEST(Device, AGpuGivesTheProcessorsLossesAndGradients) {
  if (!at::hasCUDA()) GTEST_SKIP() << "no GPU, or a libtorch without CUDA";
  expect_the_processors_losses(at::kCUDA);
  expect_the_processors_gradients(at::kCUDA);
}

}  // namespace
}  // namespace lingua

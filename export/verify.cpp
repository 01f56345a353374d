#include "export/verify.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <array>

#include "model/decoder.h"
#include "model/scorer.h"
#include "support/error.h"
#include "support/interrupt.h"

namespace lingua {
namespace {

// Prose, numbers, code, other scripts, blanks: what tokenizers and models treat differently.
constexpr std::array<const char*, 5> kPrompts = {
    "The museum opens at nine, and on Thursdays it stays open until eight in the evening.",
    "A train covers 312 km in 2.5 hours. Its mean speed is 312 / 2.5 = 124.8 km/h.",
    "def area(r):\n    \"\"\"Area of a circle.\"\"\"\n    return 3.14159 * r ** 2\n",
    "Grüße aus Köln: fünf Äpfel, 東京の天気は晴れです, привет — naïve café "
    "🙂.",
    "1. Wash the rice.\n2. Add   water.\n\n\tThen wait for 12 minutes; don't lift the lid!"};

// Rows [T, V] of logits, and the losses of tokens 2 to T.
struct Outputs {
  at::Tensor logits;
  at::Tensor losses;
};

Outputs run(const Decoder& decoder, const std::vector<TokenId>& ids) {
  const auto count = static_cast<int64_t>(ids.size());
  const auto tensor = at::tensor(std::vector<int64_t>(ids.begin(), ids.end()), at::kLong);
  const Sequence sequence{count, nullptr};
  const auto hidden = forward(decoder, tensor, {&sequence, 1});
  return {at::linear(hidden, decoder.head),
          token_losses(decoder, hidden.narrow(0, 0, count - 1), tensor.narrow(0, 1, count - 1))};
}

double largest(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

void compare(const Outputs& ours, const Outputs& theirs, Difference& difference,
             std::size_t& agreements) {
  difference.max_logit = std::max(difference.max_logit, largest(ours.logits, theirs.logits));
  difference.max_loss = std::max(difference.max_loss, largest(ours.losses, theirs.losses));
  difference.tokens += static_cast<std::size_t>(ours.logits.size(0));
  agreements += static_cast<std::size_t>(
      ours.logits.argmax(-1).eq(theirs.logits.argmax(-1)).sum().item<int64_t>());
}

[[noreturn]] void fail(const std::string& message) {
  throw Error(ErrorKind::kModel, "verification failed: " + message,
              "nothing was kept; this is a defect unless the disk is faulty");
}

}  // namespace

double logit_tolerance(const std::string& dtype) {
  // Behind each what SmolLM2-135M shows.
  if (dtype == "bfloat16" || dtype == "BF16") return 1.0;  // 0.22
  if (dtype == "float16" || dtype == "F16") return 0.15;   // 0.035
  if (dtype == "Q8_0") return 2.0;
  if (dtype == "Q4_0") return 20.0;
  return 1e-3;
}

Difference compare_models(const Model& source, const Model& read, const std::string& dtype) {
  const c10::InferenceMode inference;
  const Decoder theirs = make_decoder(read.config, read.weights, at::kFloat, read.source);
  const Decoder ours = make_decoder(source.config, source.weights, at::kFloat, source.source);
  Difference difference;
  difference.tolerance = logit_tolerance(dtype);
  std::size_t agreements = 0;
  for (const char* prompt : kPrompts) {
    throw_if_interrupted();
    const auto ids = source.tokenizer->encode_ids(prompt);
    if (ids != read.tokenizer->encode_ids(prompt)) {
      fail(std::string("the tokenizers differ on \"") + prompt + "\"");
    }
    if (ids.size() < 2) continue;
    compare(run(ours, ids), run(theirs, ids), difference, agreements);
  }
  difference.greedy_agreement =
      static_cast<double>(agreements) / static_cast<double>(difference.tokens);
  // Written so that a NaN fails too.
  if (!(difference.max_logit <= difference.tolerance)) {
    fail("logits differ by up to " + std::to_string(difference.max_logit) + ", allowed are " +
         std::to_string(difference.tolerance) + " in " + dtype);
  }
  return difference;
}

}  // namespace lingua

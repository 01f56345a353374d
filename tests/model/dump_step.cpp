// What lingua computes for a model in fp32, for families_with_transformers.py:
//   dump_step MODEL FOLDER [ID...] < texts.jsonl
// prints the token ids of each line of standard input, a JSON string. With IDs it also writes into
// FOLDER: step.safetensors with "logits" of the ids, the same in pieces over a cache as "cached",
// the mean "loss" of predicting each next id, and its gradient at every weight under the weight's
// name; config.json and model.safetensors, the model as lingua would hand it on.
#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include <fstream>
#include <iostream>

#include "model/loader.h"
#include "model/safetensors.h"
#include "model/scorer.h"

namespace lingua {
namespace {

at::Tensor logits_in_pieces(const Decoder& decoder, const at::Tensor& ids) {
  const at::NoGradGuard no_gradient;
  KvCache cache(decoder.config, at::kFloat);
  std::vector<at::Tensor> pieces;
  const int64_t count = ids.size(0), fifth = count / 5, third = count / 3;
  int64_t begin = 0;
  for (const int64_t length : {fifth, third, count - fifth - third}) {
    const Sequence sequence{length, &cache};
    pieces.push_back(forward(decoder, ids.narrow(0, begin, length), {&sequence, 1}));
    begin += length;
  }
  return at::linear(at::cat(pieces), decoder.head);
}

TensorMap compute_step(Decoder& decoder, const at::Tensor& ids) {
  for (const WeightSlot& slot : weight_slots(decoder)) {
    *slot.tensor = slot.tensor->clone().requires_grad_();
  }
  if (decoder.config.tie_word_embeddings) decoder.head = decoder.embedding;
  const int64_t count = ids.size(0);
  const Sequence sequence{count, nullptr};
  const auto logits = at::linear(forward(decoder, ids, {&sequence, 1}), decoder.head);  // [T, V]
  const auto loss =
      at::cross_entropy_loss(logits.narrow(0, 0, count - 1), ids.narrow(0, 1, count - 1));
  torch::autograd::backward({loss}, {});
  Decoder gradients = decoder;
  for (const WeightSlot& slot : weight_slots(gradients)) *slot.tensor = slot.tensor->grad();
  TensorMap step = named_weights(gradients);
  step["logits"] = logits;
  step["cached"] = logits_in_pieces(decoder, ids);
  step["loss"] = loss.view({1});
  return step;
}

}  // namespace
}  // namespace lingua

int main(int argc, char** argv) {
  using namespace lingua;
  if (argc < 3) return 2;
  const Model model = load_model(argv[1]);
  for (std::string line; std::getline(std::cin, line);) {
    const auto text = parse_json(line, "line", ErrorKind::kData).get<std::string>();
    std::cout << dump_json(model.tokenizer->encode_ids(text)) << "\n";
  }
  if (argc == 3) return 0;
  std::vector<int64_t> ids;
  for (int i = 3; i < argc; ++i) ids.push_back(std::stoll(argv[i]));
  const std::string folder = std::string(argv[2]) + "/";
  Decoder decoder = make_decoder(model.config, model.weights, at::kFloat, model.source);
  std::ofstream(folder + "config.json") << dump_json(config_to_json(model.config));
  write_safetensors(folder + "model.safetensors", named_weights(decoder), {{"format", "pt"}});
  write_safetensors(folder + "step.safetensors", compute_step(decoder, at::tensor(ids, at::kLong)),
                    {});
  return 0;
}

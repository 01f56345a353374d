// Prints what a model says in fp32 about each line of standard input, a JSON string: its token ids,
// the losses of tokens 2 to n in nats and the logits after the last token, adapters added. For
// opening.py.
//   dump_logits MODEL < texts.jsonl
#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <iostream>

#include "model/loader.h"
#include "model/lora.h"
#include "model/scorer.h"

namespace lingua {
namespace {

std::vector<float> values(const at::Tensor& tensor) {
  const auto flat = tensor.contiguous();
  return {flat.const_data_ptr<float>(), flat.const_data_ptr<float>() + flat.numel()};
}

Json describe(const Decoder& decoder, const std::vector<TokenId>& ids) {
  const auto count = static_cast<int64_t>(ids.size());
  const auto tensor = at::tensor(std::vector<int64_t>(ids.begin(), ids.end()), at::kLong);
  const Sequence sequence{count, nullptr};
  const auto hidden = forward(decoder, tensor, {&sequence, 1});  // [T, H]
  const auto losses =
      token_losses(decoder, hidden.narrow(0, 0, count - 1), tensor.narrow(0, 1, count - 1));
  return {{"ids", ids},
          {"losses", values(losses)},
          {"last_logits", values(at::linear(hidden.narrow(0, count - 1, 1), decoder.head))}};
}

}  // namespace
}  // namespace lingua

int main(int argc, char** argv) {
  using namespace lingua;
  if (argc != 2) return 2;
  const c10::InferenceMode inference;
  const Model model = merged(load_model(argv[1]));
  const Decoder decoder = make_decoder(model.config, model.weights, at::kFloat, model.source);
  for (std::string line; std::getline(std::cin, line);) {
    const auto text = parse_json(line, "line", ErrorKind::kData).get<std::string>();
    std::cout << dump_json(describe(decoder, model.tokenizer->encode_ids(text))) << "\n";
  }
  return 0;
}

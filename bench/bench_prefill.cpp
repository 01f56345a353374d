// Times the prefill of a prompt: all hidden states, the logits of the last token. One line of JSON.
// usage: bench_prefill MODEL fp32|bf16|int8 TOKENS REPEATS THREADS

#include <ATen/ATen.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <vector>

#include "model/decoder.h"
#include "model/dtype.h"
#include "model/runnable_model.h"
#include "support/memory.h"

namespace {

double seconds_of_one_pass(const lingua::Decoder& decoder, const at::Tensor& ids) {
  const c10::InferenceMode inference;
  const auto start = std::chrono::steady_clock::now();
  const lingua::Sequence sequence{ids.size(0), nullptr};
  const auto hidden = lingua::forward(decoder, ids, {&sequence, 1});            // [T, H]
  at::linear(hidden.narrow(0, ids.size(0) - 1, 1), decoder.head).max().item();  // [1, V]
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 6) {
    std::cerr << "usage: bench_prefill MODEL fp32|bf16|int8 TOKENS REPEATS THREADS\n";
    return 2;
  }
  lingua::keep_freed_memory();
  const int64_t tokens = std::atoll(argv[3]);
  lingua::set_threads(std::atoi(argv[5]));
  const auto model = lingua::load_runnable(argv[1], argv[2]);
  const lingua::Decoder& decoder = *model.decoder;
  const auto ids = at::arange(tokens, at::kLong) * 7919 % model.config.vocab_size;
  seconds_of_one_pass(decoder, ids);  // warm-up
  std::vector<double> rates;
  for (int run = 0; run < std::atoi(argv[4]); ++run) {
    rates.push_back(static_cast<double>(tokens) / seconds_of_one_pass(decoder, ids));
  }
  std::cout << lingua::Json{{"what", "prefill"},
                            {"dtype", argv[2]},
                            {"tokens", tokens},
                            {"rates", rates}}
                   .dump()
            << "\n";
  return 0;
} catch (const std::exception& failure) {
  std::cerr << "bench_prefill: " << failure.what() << "\n";
  return 1;
}

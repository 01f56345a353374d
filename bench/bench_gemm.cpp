// Times libtorch's products on the shapes of a model's layers and head, rows shared out among the
// threads: the limit that prefill, training and compression are held against. One line of JSON.
// usage: bench_gemm MODEL fp32|bf16 SECONDS THREADS        (SECONDS of each shape)

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "model/dtype.h"
#include "model/loader.h"
#include "model/row_product.h"

namespace {

using Clock = std::chrono::steady_clock;

// A product y = x W^T, W: [out, in], that a pass does `count` times.
struct Shape {
  std::string name;
  int64_t out = 0;
  int64_t in = 0;
  int64_t count = 0;
};

std::vector<Shape> shapes_of(const lingua::ModelConfig& c) {
  const int64_t h = c.hidden_size, f = c.intermediate_size, layers = c.num_hidden_layers;
  return {{"qkv", c.qkv_size(), h, layers},
          {"output", h, c.num_attention_heads * c.head_dim, layers},
          {"gate_up", (c.gated_mlp ? 2 : 1) * f, h, layers},
          {"down", h, f, layers},
          {"head", c.vocab_size, h, 1}};
}

// Rates of single products in 10^9 operations a second, ascending; about `seconds` of them.
std::vector<double> rates(const Shape& shape, int64_t rows, at::ScalarType dtype, double seconds) {
  const c10::InferenceMode inference;
  const auto x = at::randn({rows, shape.in}, dtype), w = at::randn({shape.out, shape.in}, dtype);
  const double operations = 2.0 * static_cast<double>(rows * shape.out * shape.in);
  lingua::libtorch_product(x, w);  // the first call sets up threads and code
  std::vector<double> found;
  for (double spent = 0; spent < seconds || found.size() < 3;) {
    const auto start = Clock::now();
    lingua::libtorch_product(x, w);
    const double time = std::chrono::duration<double>(Clock::now() - start).count();
    found.push_back(operations / time / 1e9);
    spent += time;
  }
  std::sort(found.begin(), found.end());
  return found;
}

// The shape at the number of rows that suits it best: few keep a wide output within the cache.
lingua::Json best_of(const Shape& shape, at::ScalarType dtype, double seconds) {
  lingua::Json best;
  for (const int64_t rows : {64, 256, 1024}) {
    const auto found = rates(shape, rows, dtype, seconds / 3);
    const double median = found[found.size() / 2];
    if (!best.is_null() && best["median"].get<double>() >= median) continue;
    best = {{"name", shape.name}, {"out", shape.out},     {"in", shape.in},
            {"rows", rows},       {"count", shape.count}, {"min", found.front()},
            {"median", median},   {"max", found.back()}};
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 5) {
    std::cerr << "usage: bench_gemm MODEL fp32|bf16 SECONDS THREADS\n";
    return 2;
  }
  const auto config = lingua::load_model(argv[1]).config;
  const auto dtype = lingua::choose_dtype(argv[2], {});
  lingua::set_threads(std::atoi(argv[4]));
  lingua::Json shapes = lingua::Json::array();
  for (const Shape& shape : shapes_of(config)) {
    shapes.push_back(best_of(shape, dtype, std::atof(argv[3])));
  }
  std::cout << lingua::Json{{"what", "gemm"},
                            {"dtype", argv[2]},
                            {"heads", config.num_attention_heads},
                            {"head_dim", config.head_dim},
                            {"layers", config.num_hidden_layers},
                            {"shapes", shapes}}
                   .dump()
            << "\n";
  return 0;
} catch (const std::exception& failure) {
  std::cerr << "bench_gemm: " << failure.what() << "\n";
  return 1;
}

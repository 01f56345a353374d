#include "train/distill.h"

#include <numeric>

#include "support/error.h"
#include "train/layer_list.h"

namespace lingua {

std::vector<int64_t> distilled_layers(const std::string& text, int64_t count) {
  const std::string option = "--distill-layers";
  auto layers = layer_list(text, option);
  if (text.find_first_of(",-") != std::string::npos) return layers;
  if (layers.empty() || layers.front() < 1 || layers.front() >= count) {
    throw Error(ErrorKind::kUsage, option + " " + text + " is out of range",
                "the base has " + std::to_string(count) + " layers, fewer are to be kept");
  }
  layers.resize(static_cast<std::size_t>(layers.front()));
  std::iota(layers.begin(), layers.end(), 0);
  return layers;
}

}  // namespace lingua

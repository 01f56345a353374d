#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <vector>

namespace lingua {

// Calls `then(i)` each time a backward pass has added to the gradient of leaf i, on the thread that
// runs the pass, as long as this lives.
class GradientHooks {
 public:
  GradientHooks(const std::vector<at::Tensor>& leaves, std::function<void(std::size_t)> then);

 private:
  std::vector<std::shared_ptr<void>> kept_;  // what the leaves themselves hold weakly
};

}  // namespace lingua
